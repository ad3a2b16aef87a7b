export declare function isAbsolute(path: string): boolean;
