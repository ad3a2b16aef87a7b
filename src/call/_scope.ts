/**
 * Which declaration every identifier of a function means. Names are what the runtimes' transpilers change first, so
 * everything after this speaks of bindings.
 *
 * @module
 */

import {
  below,
  child,
  children,
  isClass,
  isDirectEval,
  isFunction,
  list,
  type Node,
  optionalChild,
  patternNames,
  text,
} from "./_tree.ts";

/** How a name was declared. */
export type BindingKind = "param" | "var" | "let" | "const" | "using" | "function" | "class" | "catch";

/** One declared name. */
export interface Binding {
  /** How it was declared. */
  readonly kind: BindingKind;
  /** Where it is read, in the order of the source. */
  readonly reads: Read[];
  /** How often it is assigned to, its declaration apart. */
  writes: number;
}

/** One place where a binding is read. */
export interface Read {
  /** The identifier. */
  readonly node: Node;
  /** Whether a function stands between the declaration and this place. */
  readonly captured: boolean;
  /** Whether one of these functions is hoisted, so that it may run before the declaration does. */
  readonly hoisted: boolean;
}

/** What the identifiers below a node mean. */
export interface Resolution {
  /** The binding of an identifier that declares, reads or assigns; `undefined` for free names and for keys and labels. */
  bindingOf(identifier: Node): Binding | undefined;
  /** Whether an identifier is a name that is declared nowhere in the function. */
  isFree(identifier: Node): boolean;
  /** Whether names may be looked up at run time, by direct `eval` or `with`: nothing can be said of them then. */
  readonly dynamic: boolean;
  /** Whether `arguments` is said anywhere; in sloppy code it writes to parameters. */
  readonly usesArguments: boolean;
}

interface Scope {
  readonly parent: Scope | undefined;
  readonly names: Map<string, Binding>;
  /** The function that the scope belongs to. */
  readonly owner: Node | undefined;
}

/** Resolves every identifier below a function or the property that holds it. */
export function resolveScopes(root: Node): Resolution {
  const bindings = new Map<Node, Binding>();
  const free = new Set<Node>();
  let dynamic = false;
  let usesArguments = false;

  const open = (parent: Scope | undefined, owner = parent?.owner): Scope => ({
    parent,
    names: new Map(),
    owner,
  });

  function declare(scope: Scope, identifier: Node, kind: BindingKind): void {
    const name = text(identifier, "name");
    let binding = scope.names.get(name);
    if (binding === undefined) scope.names.set(name, binding = { kind, reads: [], writes: 0 });
    else binding.writes++;
    bindings.set(identifier, binding);
  }

  function declarePattern(scope: Scope, pattern: Node, kind: BindingKind): void {
    for (const identifier of patternNames(pattern)) declare(scope, identifier, kind);
  }

  /** `var` declarations of a function, wherever they stand in it. */
  function hoistVariables(scope: Scope, node: Node): void {
    if (isFunction(node) || isClass(node)) return;
    if (node.type === "VariableDeclaration" && text(node, "kind") === "var") {
      for (const declarator of list(node, "declarations")) {
        declarePattern(scope, child(declarator, "id"), "var");
      }
    }
    for (const next of below(node)) hoistVariables(scope, next);
  }

  /** What a list of statements declares for itself. */
  function hoistLexical(scope: Scope, statements: readonly Node[]): void {
    for (const statement of statements) {
      if (statement.type === "VariableDeclaration" && text(statement, "kind") !== "var") {
        const kind = text(statement, "kind");
        const known = kind === "let" || kind === "const" ? kind : "using";
        for (const declarator of list(statement, "declarations")) {
          declarePattern(scope, child(declarator, "id"), known);
        }
      } else if (statement.type === "FunctionDeclaration") {
        declare(scope, child(statement, "id"), "function");
      } else if (statement.type === "ClassDeclaration") {
        declare(scope, child(statement, "id"), "class");
      }
    }
  }

  function refer(scope: Scope, identifier: Node, writes: boolean): void {
    const name = text(identifier, "name");
    if (name === "arguments") usesArguments = true;
    let captured = false;
    let hoisted = false;
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      const binding = at.names.get(name);
      if (binding !== undefined) {
        bindings.set(identifier, binding);
        if (writes) binding.writes++;
        else binding.reads.push({ node: identifier, captured, hoisted });
        return;
      }
      if (at.parent !== undefined && at.owner !== at.parent.owner) {
        captured = true;
        hoisted ||= at.owner?.type === "FunctionDeclaration";
      }
    }
    free.add(identifier);
  }

  function visitFunction(scope: Scope, node: Node): void {
    const id = optionalChild(node, "id");
    let outer = scope;
    if (node.type === "FunctionExpression" && id !== undefined) {
      outer = open(scope, node);
      declare(outer, id, "function");
    }
    const inner = open(outer, node);
    const parameters = list(node, "params");
    for (const parameter of parameters) declarePattern(inner, parameter, "param");
    const body = child(node, "body");
    if (body.type === "BlockStatement") {
      hoistVariables(inner, body);
      hoistLexical(inner, list(body, "body"));
    }
    for (const parameter of parameters) visitPattern(inner, parameter, false);
    if (body.type === "BlockStatement") visitAll(inner, list(body, "body"));
    else visit(inner, body);
  }

  function visitClass(scope: Scope, node: Node): void {
    const id = optionalChild(node, "id");
    const inner = open(scope);
    // The class's own name inside of it is a binding of its own; a declaration's is in the surroundings as well.
    if (id !== undefined && node.type === "ClassExpression") declare(inner, id, "class");
    const parent = optionalChild(node, "superClass");
    if (parent !== undefined) visit(inner, parent);
    for (const member of list(child(node, "body"), "body")) {
      if (member.type === "StaticBlock") {
        const block = open(inner, member);
        hoistVariables(block, member);
        hoistLexical(block, list(member, "body"));
        visitAll(block, list(member, "body"));
        continue;
      }
      if (member["computed"] === true) visit(inner, child(member, "key"));
      const value = optionalChild(member, "value");
      // A field's value runs later, as a function of its own would.
      if (value !== undefined) visit(isFunction(value) ? inner : open(inner, member), value);
    }
  }

  /** A pattern: its defaults and computed keys are read; its names, unless they declare, are assigned to. */
  function visitPattern(scope: Scope, node: Node, assigns: boolean): void {
    switch (node.type) {
      case "Identifier":
        if (assigns) refer(scope, node, true);
        return;
      case "AssignmentPattern":
        visitPattern(scope, child(node, "left"), assigns);
        visit(scope, child(node, "right"));
        return;
      case "RestElement":
        visitPattern(scope, child(node, "argument"), assigns);
        return;
      case "ArrayPattern":
        for (const element of children(node, "elements")) {
          if (element !== null) visitPattern(scope, element, assigns);
        }
        return;
      case "ObjectPattern":
        for (const property of list(node, "properties")) {
          if (property.type === "RestElement") visitPattern(scope, property, assigns);
          else {
            if (property["computed"] === true) visit(scope, child(property, "key"));
            visitPattern(scope, child(property, "value"), assigns);
          }
        }
        return;
      default:
        visit(scope, node);
    }
  }

  function visitAll(scope: Scope, nodes: readonly Node[]): void {
    for (const node of nodes) visit(scope, node);
  }

  function visitBlock(scope: Scope, statements: readonly Node[]): void {
    const inner = open(scope);
    hoistLexical(inner, statements);
    visitAll(inner, statements);
  }

  function visitLoop(scope: Scope, node: Node): void {
    const inner = open(scope);
    const head = optionalChild(node, node.type === "ForStatement" ? "init" : "left");
    if (head !== undefined) {
      hoistLexical(inner, [head]);
      if (node.type === "ForStatement" || head.type === "VariableDeclaration") visit(inner, head);
      else visitPattern(inner, head, true);
    }
    for (const field of ["test", "update", "right", "body"]) {
      const part = optionalChild(node, field);
      if (part !== undefined) visit(inner, part);
    }
  }

  function visit(scope: Scope, node: Node): void {
    if (isFunction(node)) return visitFunction(scope, node);
    if (isClass(node)) return visitClass(scope, node);
    if (isDirectEval(node)) dynamic = true;
    switch (node.type) {
      case "Identifier":
        return refer(scope, node, false);
      case "MemberExpression":
        visit(scope, child(node, "object"));
        if (node["computed"] === true) visit(scope, child(node, "property"));
        return;
      case "Property":
        if (node["computed"] === true) visit(scope, child(node, "key"));
        return visit(scope, child(node, "value"));
      case "MethodDefinition":
      case "PropertyDefinition":
        // Only as the printed method of a class itself.
        if (node["computed"] === true) visit(scope, child(node, "key"));
        return visit(scope, child(node, "value"));
      case "AssignmentExpression":
        visitPattern(scope, child(node, "left"), true);
        return visit(scope, child(node, "right"));
      case "UpdateExpression":
        return visitPattern(scope, child(node, "argument"), true);
      case "VariableDeclaration":
        for (const declarator of list(node, "declarations")) {
          visitPattern(scope, child(declarator, "id"), false);
          const init = optionalChild(declarator, "init");
          if (init === undefined) continue;
          if (text(node, "kind") === "var") {
            for (const name of patternNames(child(declarator, "id"))) {
              const binding = bindings.get(name);
              if (binding !== undefined) binding.writes++;
            }
          }
          visit(scope, init);
        }
        return;
      case "BlockStatement":
        return visitBlock(scope, list(node, "body"));
      case "SwitchStatement": {
        visit(scope, child(node, "discriminant"));
        const inner = open(scope);
        const cases = list(node, "cases");
        for (const one of cases) hoistLexical(inner, list(one, "consequent"));
        return visitAll(inner, cases);
      }
      case "ForStatement":
      case "ForInStatement":
      case "ForOfStatement":
        return visitLoop(scope, node);
      case "CatchClause": {
        const inner = open(scope);
        const parameter = optionalChild(node, "param");
        if (parameter !== undefined) {
          declarePattern(inner, parameter, "catch");
          visitPattern(inner, parameter, false);
        }
        return visit(inner, child(node, "body"));
      }
      case "LabeledStatement":
        return visit(scope, child(node, "body"));
      case "BreakStatement":
      case "ContinueStatement":
      case "MetaProperty":
        return;
      case "WithStatement":
        dynamic = true;
    }
    for (const next of below(node)) visit(scope, next);
  }

  visit(open(undefined, undefined), root);
  return {
    bindingOf: (identifier) => bindings.get(identifier),
    isFree: (identifier) => free.has(identifier),
    dynamic,
    usesArguments,
  };
}
