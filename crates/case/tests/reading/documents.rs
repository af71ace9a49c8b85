//! The samples printed in `docs/` can be read unchanged.

use crate::support;
use std::path::Path;
use wcc_case::{Frameworks, case, framework};

/// The fenced blocks of a language in a document, in order.
fn blocks(document: &str, language: &str) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../docs")
        .join(document);
    let text = std::fs::read_to_string(&path).expect("a document");
    let fence = format!("```{language}\n");
    text.split(&fence)
        .skip(1)
        .map(|rest| {
            let (block, _) = rest.split_once("```").expect("the fence is closed");
            block.to_owned()
        })
        .collect()
}

#[test]
fn the_smallest_framework_is_read() {
    let blocks = blocks("framework-files.md", "toml");
    let read = framework::parse(&blocks[0], "engagement-2017.toml");
    let framework = read.unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(framework.id, "engagement-2017");
    assert_eq!(framework.measures.len(), 1);
}

/// The samples of parts of a framework, put together, can be read.
#[test]
fn the_parts_of_a_framework_are_read() {
    let blocks = blocks("framework-files.md", "toml");
    let rule = |start: &str| {
        let mut rules = blocks.iter().filter(|block| block.starts_with(start));
        rules.next().expect("the sample of a rule")
    };
    let (percent, counts) = (rule("rule = \"percent\""), rule("rule = \"counts\""));
    let parts = blocks.iter().filter(|block| block.starts_with('['));
    let parts: Vec<&str> = parts.map(String::as_str).collect();
    assert_eq!(
        parts.len(),
        11,
        "scales, series, a limit, words, methods, a phase, plans, a document, a review, a panel, an approval"
    );
    let text = format!(
        r#"
format = 2
id = "parts"
title = "Parts"
year = "2026"
[[role]]
id = "inspector"
title = "Inspector"
[[phase]]
id = "visit"
title = "Visit"
[[scale]]
id = "grade"
title = "Grade"
steps = [
  {{ key = "inadequate", title = "Inadequate", points = 0 }},
  {{ key = "requires-improvement", title = "Requires improvement", points = 1 }},
  {{ key = "good", title = "Good", points = 2 }},
]
[[scale]]
id = "rating"
title = "Rating"
steps = [
  {{ key = "red", title = "Red", points = 0 }},
  {{ key = "amber", title = "Amber", points = 1 }},
  {{ key = "green", title = "Green", points = 2 }},
]
[[area]]
id = "care"
title = "Care"
scale = "grade"
rule = "lowest"
[[area.component]]
id = "safeguarding"
title = "Safeguarding"
[[area.component.measure]]
id = "children"
title = "Children"
[[area]]
id = "plans"
title = "Plans"
scale = "rating"
[[area.component]]
id = "strategy"
title = "Strategy"
{counts}
[[area.component.measure]]
id = "aims"
title = "Aims"
[[area.component.measure]]
id = "means"
title = "Means"
[overall]
title = "Overall"
over = "measures"
areas = ["care"]
{percent}
{}
"#,
        parts.join("\n")
    );
    let read = framework::parse(&text, "parts.toml");
    let framework = read.unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(framework.limits.len(), 1);
    assert_eq!(framework.methods.each().count(), 3);
    assert_eq!(framework.words.body.many, "councils");
    assert!(framework.scales.iter().any(|scale| scale.id == "segment"));
}

/// Every key that the reader of format 2 knows is documented.
#[test]
fn keys_of_framework_files_are_all_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/framework-files.md");
    let document = std::fs::read_to_string(path).expect("a document");
    let unknown = "zzzzzz = 1";
    let text = format!(
        "format = 2\n{unknown}\n[words]\n{unknown}\nbody = {{ {unknown} }}\n[[method]]\n{unknown}\n\
         [[scale]]\n{unknown}\nsteps = [ {{ {unknown} }} ]\n[[role]]\n{unknown}\n[[phase]]\n{unknown}\n\
         [[phase.requires]]\n{unknown}\n\
         [panel]\n{unknown}\n[[panel.category]]\n{unknown}\n\
         [[survey]]\n{unknown}\npoints = [ {{ {unknown} }} ]\nbands = [ {{ {unknown} }} ]\n\
         [outcomes]\n{unknown}\n[[outcomes.aim]]\n{unknown}\n[[outcomes.outcome]]\n{unknown}\n\
         [[area]]\n{unknown}\nbands = [ {{ {unknown} }} ]\nconditions = [ {{ {unknown} }} ]\n\
         [area.result]\n{unknown}\n[[area.component]]\n{unknown}\n\
         [[area.component.measure]]\n{unknown}\n[overall]\n{unknown}\n[[limit]]\n{unknown}\n"
    );
    // Equal messages would be reported once.
    let mut parts = text.split("zzzzzz");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for (position, part) in parts.enumerate() {
        text.push_str(&format!("zzzzzz{position}{part}"));
    }
    let problems = framework::parse(&text, "keys.toml").expect_err("there are no such keys");
    let problems = problems.to_string();
    let lists = problems
        .lines()
        .filter_map(|line| line.split_once("is not a key here; expected "))
        .map(|(_, known)| known.split(';').next().unwrap_or_default());
    let mut count = 0;
    for list in lists {
        count += 1;
        for key in list.replace(" or ", ", ").split(", ") {
            let forms = [
                format!("`{key}`"),
                format!("`[[{key}]]`"),
                format!("`[{key}]`"),
            ];
            let is_documented = forms.iter().any(|form| document.contains(form))
                || document.contains(&format!("\n{key} = "))
                || document.contains(&format!("[{key} ="))
                || document.contains(&format!("[[area.{key}"))
                || document.contains(&format!("[area.{key}]"));
            assert!(
                is_documented,
                "docs/framework-files.md does not name {key}: {list}"
            );
        }
    }
    assert!(
        count >= 21,
        "{count} tables with an unknown key: {problems}"
    );
}

/// The sample of `case.toml`, with the bodies and the framework that ship.
#[test]
fn the_case_is_read() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(
        folder.path().join("case.toml"),
        &blocks("case-files.md", "toml")[0],
    )
    .expect("a file");
    let frameworks = Frameworks::read(&root.join("configs/frameworks"));
    let shipped = wcc_case::ShippedTables::read(&root.join("configs/organisations"));
    let read = case::read(
        folder.path(),
        &frameworks.unwrap_or_else(|problems| panic!("{problems}")),
        &shipped.unwrap_or_else(|problems| panic!("{problems}")),
    );
    let case = read.unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(case.cycles.len(), 1);
    assert_eq!(case.cycles[0].cycle.pcts.len(), 1);
}

/// Every column that the reader knows is documented.
#[test]
fn columns_of_cycles_are_all_documented() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/case-files.md");
    let document = std::fs::read_to_string(path).expect("a document");
    let folder = tempfile::tempdir().expect("a folder");
    let settings =
        "title = \"t\"\n[[cycle]]\nid = \"c\"\nframework = \"harbour-2002\"\nas_of = 2002-06-01\n";
    std::fs::write(folder.path().join("case.toml"), settings).expect("a file");
    for table in wcc_case::cycle::TABLES
        .iter()
        .filter(|name| name.ends_with(".csv"))
    {
        let start = format!("\n`{table}` - ");
        let (_, rest) = document.split_once(&start).expect(table);
        // A paragraph, or a paragraph with a table under it.
        let mut parts = rest.split("\n\n");
        let mut text = parts.next().unwrap_or_default().to_owned();
        let more = parts.next().unwrap_or_default();
        if more.starts_with('|') {
            text.push_str(more);
        }
        std::fs::write(folder.path().join(table), "zzzzzz\n").expect("a file");
        let read = case::read(folder.path(), &support::frameworks(), &support::shipped());
        let problems = read.expect_err("there is no such column").to_string();
        let (_, known) = problems.split_once("expected ").expect("the known columns");
        let known = known.split([';', '\n']).next().unwrap_or_default();
        let known = known.replace(" or ", ", ");
        for column in known.split(", ") {
            let named = text.contains(&format!("`{column}`"));
            assert!(
                named,
                "docs/case-files.md does not name {table}'s column {column}"
            );
        }
        std::fs::remove_file(folder.path().join(table)).expect("a file");
    }
}
