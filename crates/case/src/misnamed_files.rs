//! Finds files whose names are close to those of case files: they would not be read, and nobody
//! would notice.

use crate::nearest::nearest;
use crate::problem::Problem;

/// Endings of spreadsheets and of tables in other formats.
const OF_TABLES: [&str; 17] = [
    "tsv", "tab", "xlsx", "xlsm", "xlsb", "xls", "xlt", "xltx", "ods", "fods", "ots", "numbers",
    "gsheet", "txt", "prn", "dif", "json",
];
/// Endings of texts in other formats.
const OF_TEXTS: [&str; 16] = [
    "txt", "text", "markdown", "mdown", "mkd", "mdwn", "mdx", "rmd", "doc", "docx", "odt", "rtf",
    "gdoc", "html", "htm", "pages",
];
/// Endings of backup copies that editors leave beside a file.
const OF_COPIES: [&str; 6] = ["bak", "old", "orig", "swp", "tmp", "save"];

/// A file that is not read because of its name.
pub(crate) struct MisnamedFile<'a> {
    /// The file that was probably meant.
    near: Option<&'a str>,
}

/// Finds out whether a file that is not read was probably meant to be one of `known`. Files with
/// entirely different names are allowed, and so are copies of files that exist. `beside` are the
/// names of all files in the folder.
pub(crate) fn find<'a>(
    name: &str,
    beside: &[String],
    known: &[&'a str],
) -> Option<MisnamedFile<'a>> {
    let lower = plain(name);
    // Hidden files of the system or an editor.
    if lower.starts_with('.') {
        return None;
    }
    let (stem, endings) = lower.split_once('.').unwrap_or((&lower, ""));
    let last = endings.rsplit('.').next().unwrap_or(endings);
    let is_copy = OF_COPIES.contains(&last) || last.ends_with(['~', '#']);
    let meant = |ending: &'static str| {
        let of_ending = known.iter().copied().filter(|file| file.ends_with(ending));
        nearest_file(stem, &of_ending.collect::<Vec<_>>())
    };
    // Every CSV file must be a table of the case.
    if (is_nearly(name, ".csv") || last == "csv") && !is_copy {
        let near = meant(".csv").or_else(|| meant(".md"));
        return Some(MisnamedFile { near });
    }
    let near = match last {
        "md" => meant(".md").or_else(|| exactly(stem, known)),
        "" => exactly(stem, known),
        _ if is_copy => exactly(stem, known).filter(|file| !beside.iter().any(|one| one == file)),
        _ if is_nearly(name, ".md") => meant(".md"),
        last => {
            let table = OF_TABLES.contains(&last).then(|| meant(".csv")).flatten();
            let text = OF_TEXTS.contains(&last).then(|| meant(".md")).flatten();
            table.or(text)
        }
    };
    near.map(|near| MisnamedFile { near: Some(near) })
}

impl MisnamedFile<'_> {
    pub(crate) fn problem<'k>(
        &self,
        file: String,
        message: &str,
        known: impl IntoIterator<Item = &'k str>,
    ) -> Problem {
        let problem = Problem::of_file(file, message);
        match self.near {
            None => problem.expecting_one_of(known),
            near => problem.nearest_to(near),
        }
    }
}

/// Whether a name has an ending and something after it (`survey.csv.txt`, `case.toml.bak`), or the
/// ending in other letters (`survey.CSV`).
pub(crate) fn is_nearly(name: &str, ending: &str) -> bool {
    let lower = plain(name);
    let followed = lower.contains(&format!("{ending}."));
    !name.ends_with(ending) && !lower.starts_with('.') && (followed || lower.ends_with(ending))
}

/// The name among `names` that was probably meant to be `file`.
pub(crate) fn nearest_to_file<'a>(file: &str, names: &'a [String]) -> Option<&'a str> {
    let beginning = format!("{}.", plain(file));
    let stem = plain(file.split('.').next().unwrap_or(file));
    let mut each = names.iter().map(String::as_str);
    each.find(|name| plain(name) == plain(file) || plain(name).starts_with(&beginning))
        .or_else(|| {
            names
                .iter()
                .map(String::as_str)
                .find(|name| plain(name) == stem)
        })
        .or_else(|| nearest(file, names.iter().map(String::as_str)))
}

/// A name in lower case, without spaces around it.
fn plain(name: &str) -> String {
    name.trim().to_lowercase()
}

/// The file whose name, without its ending, is the same.
fn exactly<'a>(stem: &str, files: &[&'a str]) -> Option<&'a str> {
    files.iter().copied().find(|file| stem_of(file) == stem)
}

/// The file whose name, without its ending, is nearest.
fn nearest_file<'a>(stem: &str, files: &[&'a str]) -> Option<&'a str> {
    exactly(nearest(stem, files.iter().copied().map(stem_of))?, files)
}

fn stem_of(file: &str) -> &str {
    file.split('.').next().unwrap_or(file)
}

#[cfg(test)]
mod tests {
    use super::{find, nearest_to_file};

    #[test]
    fn near_misses_are_found_and_other_files_are_not() {
        let known = [
            "judgements.csv",
            "survey.csv",
            "evidence.csv",
            "rationales.md",
        ];
        let cases = [
            ("survey.csv.txt", Some(Some("survey.csv"))),
            ("survey.CSV", Some(Some("survey.csv"))),
            ("survey.csv ", Some(Some("survey.csv"))),
            ("judgements (1).csv", Some(Some("judgements.csv"))),
            ("zzz.csv", Some(None)),
            ("zzz.csv.txt", Some(None)),
            ("judgements.tsv", Some(Some("judgements.csv"))),
            ("Judgments.xlsx", Some(Some("judgements.csv"))),
            ("survey.ods", Some(Some("survey.csv"))),
            ("survey.txt", Some(Some("survey.csv"))),
            ("survey", Some(Some("survey.csv"))),
            ("rationales.csv", Some(Some("rationales.md"))),
            ("rationales.md.txt", Some(Some("rationales.md"))),
            ("rationale.md", Some(Some("rationales.md"))),
            ("rationales.markdown", Some(Some("rationales.md"))),
            ("Rationales.docx", Some(Some("rationales.md"))),
            ("rationales", Some(Some("rationales.md"))),
            ("judgements.md", Some(Some("judgements.csv"))),
            // The folder may contain evidence and notes.
            ("survey.pdf", None),
            ("evidence.docx", None),
            ("notes.xlsx", None),
            ("README.md", None),
            ("README", None),
            ("notes.txt", None),
            ("survey.csv~", None),
            ("survey.csv.bak", None),
            ("judgements.csv.bak", Some(Some("judgements.csv"))),
            (".survey.csv.swp", None),
            ("case.toml", None),
        ];
        for (name, expected) in cases {
            let beside = ["survey.csv".to_owned()];
            assert_eq!(
                find(name, &beside, &known).map(|misnamed| misnamed.near),
                expected,
                "{name}"
            );
        }
    }

    #[test]
    fn the_file_that_was_meant_is_found() {
        let names = ["README.md", "Case.TOML.txt", "x.csv"].map(str::to_owned);
        assert_eq!(nearest_to_file("case.toml", &names), Some("Case.TOML.txt"));
        assert_eq!(nearest_to_file("zzzzzzzzz.toml", &names), None);
    }
}
