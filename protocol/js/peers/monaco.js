export { editor } from "monaco-editor/esm/vs/editor/editor.api.js";
