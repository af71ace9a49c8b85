//! Every `tests/frameworks/*.toml` is a broken framework; the `.txt` beside it has its problems.

use crate::support;
use std::collections::BTreeMap;
use wcc_case::organisations::BodyTables;
use wcc_case::{Frameworks, framework};
use wcc_core::Method;
use wcc_core::framework::{Methods, Noun, Words};
use wcc_core::ledger::FileFormat;

#[test]
fn problems_of_broken_frameworks_are_reported() {
    let differences: Vec<String> = support::entries("frameworks", ".toml")
        .iter()
        .filter_map(|path| {
            let problems = framework::read(path).expect_err("every one is broken");
            support::compare(&path.with_extension("txt"), &problems.to_string())
        })
        .collect();
    assert!(differences.is_empty(), "{}", differences.join("\n"));
}

#[test]
fn a_previous_framework_in_the_same_folder_is_checked() {
    let configs = support::tests_folder("configs/frameworks");
    let folder = tempfile::tempdir().expect("a folder");
    let before = "harbour-2001.toml";
    std::fs::copy(configs.join(before), folder.path().join(before)).expect("a file");
    let text = std::fs::read_to_string(configs.join("harbour-2002.toml")).expect("a framework");
    let path = folder.path().join("harbour-2002.toml");
    std::fs::write(&path, &text).expect("a file");
    let none = Frameworks::default();
    let read = framework::read_among(&path, &none).unwrap_or_else(|found| panic!("{found}"));
    assert_eq!(read.warnings.count(), 0);
    std::fs::write(&path, text.replace("previous = \"s1", "previous = \"s9")).expect("a file");
    let problems = framework::read_among(&path, &none).expect_err("links are broken");
    let expected = support::tests_folder("configs/broken-links.txt");
    if let Some(difference) = support::compare(&expected, &problems.to_string()) {
        panic!("{difference}");
    }
}

/// The warnings for a framework with one measure whose rule has these bands.
fn warnings_of(rule: &str, second_band: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("river.toml");
    let text = r#"
id = "river"
title = "River"
year = "2010"
scale = [ { id = "s", title = "S", steps = [
  { key = "no", title = "No", points = 0 }, { key = "yes", title = "Yes", points = 1 } ] } ]
[[area]]
id = "a"
title = "A"
component_word = "part"
scale = "s"
rule = "RULE"
bands = [ { from = 0, step = "no" }, { from = SECOND, step = "yes" } ]
component = [ { id = "c", title = "C", measure = [ { id = "m", title = "M" } ] } ]
"#;
    let text = text.replace("RULE", rule).replace("SECOND", second_band);
    std::fs::write(&path, text).expect("a file");
    let read = framework::read_among(&path, &support::frameworks());
    let read = read.unwrap_or_else(|found| panic!("{found}"));
    read.warnings.to_string()
}

#[test]
fn bands_that_no_or_every_result_reaches_give_a_warning() {
    assert_eq!(warnings_of("percent-bands", "50"), "");
    assert_eq!(warnings_of("sum-bands", "1"), "");
    assert_eq!(
        warnings_of("sum-bands", "50"),
        "river.toml, line 13, column 47, key area[1].bands[2].from: no sum of the points reaches \
         50; expected a number up to 1, the highest possible"
    );
    assert_eq!(
        warnings_of("percent-bands", "0.5"),
        "river.toml, line 13, column 47, key area[1].bands[2].from: the last band starts at 0.5 per \
         cent, so nearly every result is in it; expected percentages from 0 to 100, not fractions \
         from 0 to 1"
    );
}

/// The warnings for a framework of the second format with one rated area and these limits.
fn second_format(component: &str, limits: &str) -> Result<String, String> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("lake.toml");
    let text = format!(
        r#"
format = 2
id = "lake"
title = "Lake"
year = "2024"
scale = [ {{ id = "s", title = "S", steps = [
  {{ key = "no", title = "No", points = 0 }}, {{ key = "yes", title = "Yes", points = 1 }} ] }} ]
[[area]]
id = "a"
title = "A"
scale = "s"
[[area.component]]
id = "c"
title = "C"
{component}
[[area.component.measure]]
id = "m"
title = "M"
[[area.component.measure]]
id = "n"
title = "N"
{limits}
"#
    );
    std::fs::write(&path, text).expect("a file");
    let read = framework::read_among(&path, &support::frameworks());
    read.map(|read| read.warnings.to_string())
        .map_err(|problems| problems.to_string())
}

#[test]
fn what_can_never_have_an_effect_gives_a_warning() {
    let bands =
        "rule = \"mean\"\nbands = [ { from = 0, step = \"no\" }, { from = 2, step = \"yes\" } ]";
    assert_eq!(
        second_format(bands, "").as_deref(),
        Ok(
            "lake.toml, line 16, column 47, key area[1].component[1].bands[2].from: no figure of the \
            rule reaches 2; expected a number up to 1, the highest possible"
        )
    );
    let limit = |at_or_below: &str, at_most: &str| {
        let limit = format!(
            "[[limit]]\nid = \"l\"\ntitle = \"L\"\non = \"c\"\nwhile = \"m\"\n\
             at_or_below = \"{at_or_below}\"\nat_most = \"{at_most}\"\n"
        );
        second_format("rule = \"lowest\"", &limit)
    };
    assert_eq!(limit("no", "no").as_deref(), Ok(""));
    assert_eq!(
        limit("no", "yes").as_deref(),
        Ok(
            "lake.toml, line 28, column 11, key limit[1].at_most: this is the best result, so the \
            limit has no effect; expected a result below the best"
        )
    );
    assert_eq!(
        limit("yes", "no").as_deref(),
        Ok(
            "lake.toml, line 27, column 15, key limit[1].at_or_below: every value is at or below the \
            best, so the limit always holds; expected a value below the best"
        )
    );
}

#[test]
fn a_component_with_a_rule_is_rated() {
    assert_eq!(
        second_format("rule = \"lowest\"\nrated = false", ""),
        Err(
            "lake.toml, line 16, column 9, key area[1].component[1].rated: the component has a rule, \
             so it is rated; expected either a `rule`, or rated = false"
                .to_owned()
        )
    );
}

#[test]
fn another_regime_is_accepted() {
    let path = support::tests_folder("configs/frameworks/harbour-2002.toml");
    let framework = framework::read(&path).unwrap_or_else(|found| panic!("{found}"));
    let actual = format!("{framework:#?}");
    let expected = support::tests_folder("configs/harbour-2002.txt");
    if let Some(difference) = support::compare(&expected, &actual) {
        panic!("{difference}");
    }
}

#[test]
fn frameworks_are_found_by_identifier() {
    let frameworks = support::frameworks();
    let ids: Vec<&str> = frameworks
        .each()
        .map(|framework| framework.id.as_str())
        .collect();
    assert_eq!(ids, ["harbour-2001", "harbour-2002"]);
    assert!(frameworks.find("harbour-2001").is_some());
    assert!(frameworks.find("harbor-2001").is_none());
    assert_eq!(frameworks.nearest("harbor-2001"), Some("harbour-2001"));
}

#[test]
fn links_to_the_year_before_are_checked() {
    let folder = tempfile::tempdir().expect("a folder");
    let configs = support::tests_folder("configs/frameworks");
    for (name, from, to) in [
        ("harbour-2001.toml", "", ""),
        ("harbour-2002.toml", "previous = \"s1", "previous = \"s9"),
    ] {
        let text = std::fs::read_to_string(configs.join(name)).expect("a framework");
        let text = if from.is_empty() {
            text
        } else {
            text.replace(from, to)
        };
        std::fs::write(folder.path().join(name), text).expect("a file");
    }
    let problems = Frameworks::read(folder.path()).expect_err("links are broken");
    let expected = support::tests_folder("configs/broken-links.txt");
    if let Some(difference) = support::compare(&expected, &problems.to_string()) {
        panic!("{difference}");
    }
}

#[test]
fn a_framework_has_the_name_of_its_file() {
    let folder = tempfile::tempdir().expect("a folder");
    let text = support::tests_folder("configs/frameworks/harbour-2001.toml");
    let path = folder.path().join("port-2001.toml");
    std::fs::copy(text, &path).expect("a file");
    let problems = framework::read(&path).expect_err("the names differ");
    assert_eq!(
        problems.to_string(),
        "port-2001.toml: `id` is \"harbour-2001\", which is not the file's name without .toml; \
         expected id = \"port-2001\", or a file named harbour-2001.toml"
    );
}

#[test]
fn sizes_are_limited() {
    let text = format!("# {}", "x".repeat(1024 * 1024));
    let problems = framework::parse(&text, "large.toml").expect_err("it is too large");
    assert_eq!(
        problems.to_string(),
        "large.toml: is too large; expected at most 1 MiB"
    );
    let deep = format!("id = {}", "[".repeat(200_000));
    let problems = framework::parse(&deep, "deep.toml").expect_err("it is too deep");
    assert_eq!(problems.count(), 1);
}

#[test]
fn an_unknown_previous_framework_gives_a_warning() {
    let folder = tempfile::tempdir().expect("a folder");
    let from = support::tests_folder("configs/frameworks/harbour-2002.toml");
    let text = std::fs::read_to_string(from).expect("a framework");
    let path = folder.path().join("harbour-2002.toml");
    std::fs::write(&path, text.replace("\"harbour-2001\"", "\"harbor-2001\"")).expect("a file");
    let read = framework::read_among(&path, &support::frameworks());
    let read = read.unwrap_or_else(|found| panic!("{found}"));
    assert_eq!(
        read.warnings.to_string(),
        "harbour-2002.toml, line 4, column 12, key previous: neither a configured framework nor a file \
         beside this one is called \"harbor-2001\": references to the previous year were not checked; \
         expected harbour-2001; did you mean \"harbour-2001\"?"
    );
}

/// Spoils one line of a framework file at a time: its value gets another type or another word, its
/// key is misspelt, or the line is removed. Whatever depends on it, this is one problem.
#[test]
fn one_cause_is_one_problem() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut wrong = Vec::new();
    for file in [
        root.join("configs/frameworks/wcc-2009-10.toml"),
        root.join("examples/another-regime/ccg-engagement-2017.toml"),
        support::tests_folder("configs/frameworks/harbour-2002.toml"),
    ] {
        let text = std::fs::read_to_string(&file).expect("a framework");
        let lines: Vec<&str> = text.lines().collect();
        let mut prose = false;
        let mut seen: BTreeMap<&str, usize> = BTreeMap::new();
        for (at, line) in lines.iter().enumerate() {
            let key = line.split_once(" = ").filter(|(key, _)| is_key(key));
            // Texts over several lines are left alone.
            let quotes = line.matches("\"\"\"").count();
            prose ^= quotes == 1;
            let Some((key, value)) = key.filter(|_| !prose && quotes == 0) else {
                continue;
            };
            // A few lines of each key, because some keys occur hundreds of times.
            let times = seen.entry(key).or_default();
            *times += 1;
            if *times > 4 {
                continue;
            }
            let spoilt = [
                format!("{key} = [[1]]"),
                format!("{key} = \"no such thing\""),
                format!("{key} = -0.123456789"),
                format!("{key}x = {value}"),
                String::new(),
            ];
            for spoilt in spoilt {
                // The start of a value over several lines.
                if value.ends_with(['[', '{']) {
                    continue;
                }
                let mut lines = lines.clone();
                lines[at] = &spoilt;
                let name = file.file_name().expect("a name").to_string_lossy();
                if let Err(problems) = framework::parse(&lines.join("\n"), &name)
                    && problems.count() > 1
                {
                    wrong.push(format!("{line}\n-> {spoilt}\n{problems}\n"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

/// An entry of a ledger names the format of its text.
#[test]
fn a_recorded_framework_is_read_by_the_reader_of_its_format() {
    let path = support::tests_folder("configs/frameworks/harbour-2001.toml");
    let text = std::fs::read_to_string(path).expect("it is there");
    let read = |text: &str, format| {
        let read = framework::parse_recorded(text, "harbour-2001.toml", FileFormat(format));
        read.map_err(|problems| problems.to_string())
    };
    let named = format!("format = 1\n{text}");
    assert_eq!(read(&text, 1).expect("it names none").id, "harbour-2001");
    assert_eq!(read(&named, 1).expect("it names 1").id, "harbour-2001");
    let second = format!("format = 2\n{text}");
    assert_eq!(read(&second, 2).expect("it names 2").id, "harbour-2001");
    assert_eq!(
        read(&text, 2).expect_err("it names none"),
        "harbour-2001.toml: the text is in format 1, but its entry names format 2"
    );
    assert_eq!(
        read(&text, 3).expect_err("a later version"),
        "harbour-2001.toml: this version of wcc cannot read format 3; expected format 1 or 2: \
         upgrade wcc to read a newer format"
    );
    let later = format!("format = 3\n{text}");
    assert_eq!(
        read(&later, 1).expect_err("a later version"),
        "harbour-2001.toml, line 1, column 10, key format: this version of wcc cannot read format \
         3; expected format 1 or 2: upgrade wcc to read a newer format"
    );
}

/// Tables of bodies are CSV and name no format, but their entry does.
#[test]
fn recorded_tables_are_read_by_the_reader_of_their_format() {
    let tables = || {
        let shipped = support::shipped();
        let each = shipped.tables().each();
        let each: Vec<_> = each.map(|(name, table)| (name, table.clone())).collect();
        each
    };
    let read = |format| {
        let each = tables();
        let each = each.iter().map(|(name, table)| (*name, table.clone()));
        BodyTables::recorded("shipped", FileFormat(format), each)?.recorded_organisations()
    };
    assert!(read(1).expect("the first").each().count() > 0);
    assert_eq!(
        read(3).expect_err("a later version").to_string(),
        "shipped: this version of wcc cannot read format 3; expected format 1: upgrade wcc to read \
         a newer format"
    );
}

fn is_key(text: &str) -> bool {
    text.chars()
        .all(|letter| letter.is_ascii_alphanumeric() || letter == '_')
}

/// A file in format 2 names its own words; those that it leaves out are neutral.
#[test]
fn a_file_in_format_2_names_its_words() {
    let path = support::tests_folder("configs/frameworks/harbour-2001.toml");
    let text = std::fs::read_to_string(path).expect("it is there");
    let words = |text: &str| framework::parse(text, "harbour-2001.toml").map(|read| read.words);
    let wcc = Words::world_class_commissioning();
    assert_eq!(words(&text).expect("format 1"), wcc);
    let second = format!("format = 2\n{text}");
    assert_eq!(words(&second).expect("format 2"), Words::neutral());
    let own = format!(
        "{second}\n[words]\nbody = \"council\"\n\
         authority = {{ one = \"inspectorate\", many = \"inspectorates\" }}\ngroup = \"box\"\n"
    );
    let own = words(&own).expect("its own words");
    assert_eq!(own.body, Noun::regular("council"));
    assert_eq!(own.group.many, "boxes");
    let authority = own.authority.expect("it names one");
    assert_eq!(authority.with_article(), "an inspectorate");
    assert_eq!(own.function.one, "shared function");
}

/// A file in format 2 declares its methods, and has one if it declares none.
#[test]
fn a_file_in_format_2_declares_its_methods() {
    let path = support::tests_folder("configs/frameworks/harbour-2001.toml");
    let text = std::fs::read_to_string(path).expect("it is there");
    let methods = |text: &str| framework::parse(text, "harbour-2001.toml").map(|read| read.methods);
    let five = Methods::world_class_commissioning();
    assert_eq!(methods(&text).expect("format 1"), five);
    let second = format!("format = 2\n{text}");
    let only = methods(&second).expect("format 2");
    assert_eq!(only, Methods::assessment());
    let own = format!(
        "{second}\n[[role]]\nid = \"chief\"\ntitle = \"Chief inspector\"\n\
         [[method]]\nid = \"check\"\npurpose = \"moderated\"\ntitle = \"Check\"\n\
         done = \"checked\"\n\
         [[method]]\nid = \"visit\"\npurpose = \"result\"\ntitle = \"Visit\"\nmark = \"v\"\n\
         used_by = \"chief\"\n"
    );
    let own = methods(&own).expect("its own methods");
    assert_eq!(own.ids().collect::<Vec<_>>(), ["visit", "check"]);
    assert_eq!(own.named("Visit"), Some(Method::Panel));
    assert_eq!(own.named("panel"), None);
    assert_eq!(own.title(Method::Panel), "visit");
    assert_eq!(own.mark(Method::Panel), Some('v'));
    assert_eq!(own.of_assessor(), "the chief inspector's");
    assert_eq!(own.moderated, "checked");
    assert!(!own.has(Method::SelfAssessment));
}
