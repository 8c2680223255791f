// Shows receiving.md with the Markdown of Swagger UI, which would take a block of
// code behind a comment for a part of the comment.
const page = await fetch("receiving.md");
const text = (await page.text()).replace(/^<!--.*-->$/gm, "");

const Receiving = ({ React }) => ({
  components: {
    Receiving: ({ getComponent }) =>
      React.createElement(
        "main",
        { className: "swagger-ui wrapper" },
        React.createElement("a", { href: "../docs" }, "All calls"),
        React.createElement(getComponent("Markdown", true), { source: text }),
      ),
  },
});

SwaggerUIBundle({
  spec: { openapi: "3.0.0", info: { title: document.title }, paths: {} },
  dom_id: "#page",
  plugins: [Receiving],
  layout: "Receiving",
});
