/** What a member of a message may be: checks, and those that are made of others. Each raises a Problem that names the place. */
export type Check = (value: unknown, path: string) => void;
export declare function wrong(path: string, expected: string): never;
export declare const text: Check;
export declare const integer: Check;
export declare const number: Check;
export declare const flag: Check;
export declare function oneOf(...names: string[]): Check;
export declare function nullable(check: Check): Check;
export declare function optional(check: Check): Check;
/** A text, or what another check says. */
export declare function either(first: Check, other: Check): Check;
export declare function listOf(check: Check): Check;
export declare function mapOf(check: Check): Check;
export declare function tupleOf(required: readonly Check[], more?: readonly Check[]): Check;
export declare function struct(shape: Readonly<Record<string, Check>>): Check;
export declare function members(value: unknown, path: string): Record<string, unknown>;
export declare function present(value: unknown, path: string): void;
export declare const op: Check;
