/** The process that does nothing: what is left of the others' time is theirs. @module */
export {};
