/**
 * Classes whose instances can be kept: how each gives its state and is made of it again.
 *
 * @module
 */

// `as` here: an instance is handed to the functions that were registered for its class.

/** How the instances of a class are kept. */
export interface ClassRegistration<Instance extends object, State> {
  /** The state of an instance: a value that can be kept itself. */
  readonly toState: (instance: Instance) => State;
  /** An instance of that state. */
  readonly fromState: (state: State) => Instance;
}

interface Registration {
  toState(instance: object): unknown;
  fromState(state: unknown): object;
}

const byName = new Map<string, Registration>();
/** The class of each prototype that was met, once it has proved to be the one that was registered. */
const proved = new WeakMap<object, string>();

/**
 * Makes instances of a class fit for `CloudpickleFile` and `DillFile`.
 *
 * An instance is known by the name of its class. That it is really this class is checked at the first one:
 * `fromState(toState(instance))` must have the same prototype, else it is refused as if nothing had been registered.
 * A process that has not registered the class finds no such value: its call is a miss.
 *
 * @param name The name of the class, `constructor.name`.
 * @param registration How its instances give their state and are made of it.
 * @throws {TypeError} When the name is taken, or the two functions are none.
 *
 * @example A class with private state
 * ```ts
 * import { registerClass } from "@fleche/fleche";
 *
 * class Celsius {
 *   readonly #degrees: number;
 *   constructor(degrees: number) {
 *     this.#degrees = degrees;
 *   }
 *   get degrees(): number {
 *     return this.#degrees;
 *   }
 * }
 * registerClass<Celsius, number>("Celsius", {
 *   toState: (instance) => instance.degrees,
 *   fromState: (state) => new Celsius(state),
 * });
 * ```
 */
export function registerClass<Instance extends object, State>(
  name: string,
  registration: ClassRegistration<Instance, State>,
): void {
  if (typeof name !== "string" || name === "") {
    throw new TypeError(`Cannot register class ${JSON.stringify(name)}: expected the name of a class`);
  }
  if (byName.has(name)) throw new TypeError(`Cannot register class "${name}": the name is taken`);
  if (typeof registration?.toState !== "function" || typeof registration.fromState !== "function") {
    throw new TypeError(`Cannot register class "${name}": expected the functions toState and fromState`);
  }
  byName.set(name, registration as unknown as Registration);
}

/** What is kept of an instance. */
export interface InstanceState {
  /** The name of its class. */
  readonly name: string;
  /** Its state. */
  readonly state: unknown;
}

/**
 * The state of an instance.
 *
 * @returns `undefined` when no class of that name is registered, or the registered one is another.
 */
export function stateOf(instance: object): InstanceState | undefined {
  const prototype: object | null = Object.getPrototypeOf(instance);
  const name: unknown = prototype?.constructor?.name;
  const registration = typeof name === "string" ? byName.get(name) : undefined;
  if (prototype === null || typeof name !== "string" || registration === undefined) return undefined;
  const state = registration.toState(instance);
  if (proved.get(prototype) !== name) {
    if (Object.getPrototypeOf(registration.fromState(state)) !== prototype) return undefined;
    proved.set(prototype, name);
  }
  return { name, state };
}

/**
 * The instance of a class that is registered here.
 *
 * @throws {TypeError} When it is not.
 */
export function instanceOf(name: string, state: unknown): object {
  const registration = byName.get(name);
  if (registration === undefined) throw new TypeError(`class "${name}" is not registered in this process`);
  return registration.fromState(state);
}
