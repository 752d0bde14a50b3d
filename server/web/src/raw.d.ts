/** Files that are taken in as texts. */
declare module "*.html?raw" {
  const text: string;
  export default text;
}
