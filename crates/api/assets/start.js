"use strict";
const parameters = new URLSearchParams(window.location.search);
const first = `# Ctrl-Enter runs this query. The book on
# the left explains every type and field.
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
    fetcher: GraphiQL.createFetcher({
      url: "/graphql",
      // Subscriptions; the headers of the editor go into the payload of connection_init.
      subscriptionUrl: window.location.origin.replace(/^http/, "ws") + "/graphql",
    }),
    defaultQuery: first,
    query: parameters.get("query") ?? undefined,
    variables: parameters.get("variables") ?? undefined,
  }),
);
