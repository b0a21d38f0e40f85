/** Types of graphiql.mjs, where each function is described. */
export declare const GRAPHIQL_FILES: Readonly<Record<string, string>>;
export declare function copyGraphiql(root: string): void;
