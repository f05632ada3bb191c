import { memoryState } from "../../src/state/memory.ts";
import { stateContract } from "./state.suite.ts";

stateContract("memory", async () => ({ state: memoryState(), close: async () => {} }));
