//! The checks, each in its own file.

pub(crate) mod below_self_without_commentary;

/// Builds a batch of one PCT for the checks' tests; `body` is the PCT's JSON without code and kind.
/// The framework has the competencies 1 (1a, 1b) and 2 (2a), and asks for three outcomes.
#[cfg(test)]
pub(crate) fn one_pct(body: &str) -> wcc_plugin::Batch<'static> {
    let text = format!(
        r#"{{
            "protocol": "1.0", "as_of": "2010-05-31",
            "framework": {{
                "id": "wcc-2009-10", "outcomes_asked": 3,
                "scales": [{{ "id": "level", "steps": ["1", "2", "3", "4"] }}],
                "components": [
                    {{ "id": "1", "area": "competencies", "scale": "level", "measures": [
                        {{ "id": "1a", "scale": "level", "reach": "cluster" }},
                        {{ "id": "1b", "scale": "level", "reach": "cluster" }}] }},
                    {{ "id": "2", "area": "competencies", "scale": "level", "measures": [
                        {{ "id": "2a", "scale": "level", "reach": "cluster" }}] }}
                ]
            }},
            "bodies": [{{ "code": "5PK", "kind": "pct", {body} }}]
        }}"#
    );
    serde_json::from_str(text.leak()).unwrap()
}
