"use strict";
const parameters = new URLSearchParams(window.location.search);
const first = `# World Class Commissioning assurance. Ctrl-Enter runs a query; the book on the left
# side explains every type and field.
{
  cycles {
    code
    title
    asOf
  }
}
`;
ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, {
    fetcher: GraphiQL.createFetcher({ url: "/graphql" }),
    defaultQuery: first,
    query: parameters.get("query") ?? undefined,
    variables: parameters.get("variables") ?? undefined,
  }),
);
