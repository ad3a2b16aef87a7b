/** Parses a TOML document; throws a SyntaxError whose message ends in line and column. */
export declare function parse(tomlString: string): Record<string, unknown>;
