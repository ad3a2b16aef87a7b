/** The process that imports the module and does nothing with it. @module */
import "../../mod.ts";
