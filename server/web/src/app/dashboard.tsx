/** The dashboard. */

export function Dashboard({ query }: { query: URLSearchParams }) {
  return <h1>Dashboard {query.size}</h1>;
}
