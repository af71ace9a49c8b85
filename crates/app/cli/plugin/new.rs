//! `wcc plugin new`: writes a new plugin from `plugins/template`.

use super::super::{Failure, print};
use crate::load;
use crate::settings::Settings;
use std::fs;
use std::path::{Component, Path, PathBuf};
use wcc_core::BodyKind;

/// Write a new plugin that can be built, tested and loaded immediately
///
/// It has a manifest, one local outcome, one check with documentation and a test, one example and
/// a README. Existing files are not overwritten.
#[derive(clap::Args)]
#[command(after_help = "\
Example, from nothing to a loaded plugin:
  wcc plugin new north-west
  cd plugins/north-west && cargo test && cargo build --release
  wcc plugin check ../../target/release/libnorth_west.so")]
pub(crate) struct Arguments {
    /// Name of the region, which becomes the plugin's identifier: north-west
    region: String,

    /// Folder to write [default: plugins/REGION in this repository, otherwise REGION here]
    #[arg(long, value_name = "FOLDER")]
    path: Option<PathBuf>,

    /// Code of the region's authority [default: looked up in the tables of bodies by the region's name]
    #[arg(long = "authority", alias = "sha", value_name = "CODE")]
    sha: Option<String>,

    /// Folder of the crate wcc-plugin [default: crates/plugin of the repository around the new
    /// folder or this one]
    #[arg(long, value_name = "FOLDER")]
    sdk: Option<PathBuf>,
}

/// The files of `plugins/template`, which is built and tested like any other plugin.
const TEMPLATE: [(&str, &str); 8] = [
    (
        "Cargo.toml",
        include_str!("../../../../plugins/template/Cargo.toml"),
    ),
    (
        "README.md",
        include_str!("../../../../plugins/template/README.md"),
    ),
    (
        "src/lib.rs",
        include_str!("../../../../plugins/template/src/lib.rs"),
    ),
    (
        "src/outcomes.rs",
        include_str!("../../../../plugins/template/src/outcomes.rs"),
    ),
    (
        "src/checks.rs",
        include_str!("../../../../plugins/template/src/checks.rs"),
    ),
    (
        "src/checks/aspiration_missing.rs",
        include_str!("../../../../plugins/template/src/checks/aspiration_missing.rs"),
    ),
    (
        "examples/one-pct/batch.json",
        include_str!("../../../../plugins/template/examples/one-pct/batch.json"),
    ),
    (
        "examples/one-pct/contribution.json",
        include_str!("../../../../plugins/template/examples/one-pct/contribution.json"),
    ),
];

/// The path of the SDK in `plugins/template`.
const TEMPLATE_SDK: &str = "\"../../crates/plugin\"";

/// The placeholder if no SDK was found: Cargo then reports that there is no such folder.
const NO_SDK: &str = "SET-THIS-TO/crates/plugin";

pub(super) fn run(arguments: &Arguments, settings: &Settings) -> Result<(), Failure> {
    let id = checked_id(&arguments.region)?;
    let sha = match &arguments.sha {
        Some(code) => known_code(checked_code(code)?, settings),
        None => sha_named(id, settings)?,
    };
    let here = std::env::current_dir().map_err(|error| cannot("read", Path::new("."), &error))?;
    let folder = here.join(match (&arguments.path, repository_around(&here)) {
        (Some(path), _) => path.clone(),
        (None, Some(repository)) => repository.join("plugins").join(id),
        (None, None) => PathBuf::from(id),
    });
    refuse_to_overwrite(&folder)?;
    let sdk = sdk(arguments.sdk.as_deref(), &here, &folder)?;
    for (file, text) in TEMPLATE {
        let path = folder.join(file);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|error| cannot("make", parent, &error))?;
        }
        let mut text = fill_template(text, id, &sha);
        if file == "Cargo.toml" {
            text = with_sdk(&text, &sdk, &folder);
        }
        fs::write(&path, text).map_err(|error| cannot("write", &path, &error))?;
    }
    if sdk == Path::new(NO_SDK) {
        anstream::eprintln!(
            "the crate wcc-plugin was not found: set its path in {}",
            folder.join("Cargo.toml").display()
        );
    }
    print(&format!(
        "{} is for {sha}. Next:\n  cd {}\n  cargo test\n  cargo build --release\n  \
         wcc plugin check {}\n",
        id,
        folder.display(),
        built(&folder, id).display(),
    ))
}

/// The path of the library that Cargo builds: in the repository's `target`, or in the plugin's.
fn built(folder: &Path, id: &str) -> PathBuf {
    let target = match repository_around(folder) {
        Some(repository) if is_member(folder, &repository) => repository,
        _ => folder.to_path_buf(),
    };
    let name = format!("lib{}.so", id.replace('-', "_"));
    target.join("target").join("release").join(name)
}

fn checked_id(region: &str) -> Result<&str, Failure> {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let starts_well = region
        .bytes()
        .next()
        .is_some_and(|byte| byte.is_ascii_lowercase());
    let fits = region.len() <= 60 && region.bytes().all(allowed) && !region.ends_with('-');
    if starts_well && fits && !region.contains("--") {
        return Ok(region);
    }
    Err(Failure::plugin(format!(
        "`{region}` is not a valid plugin name: use up to 60 lower-case letters, digits and single \
         hyphens, starting with a letter, such as north-west"
    )))
}

fn checked_code(code: &str) -> Result<String, Failure> {
    let fits = (1..=20).contains(&code.len());
    if fits
        && code
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    {
        return Ok(code.to_owned());
    }
    Err(Failure::plugin(format!(
        "`{code}` is not a valid code of an authority, such as Q31"
    )))
}

/// The code as written in the tables of bodies. An unknown code is accepted with a warning: a
/// plugin may be written before the tables have its region, or without access to them.
fn known_code(code: String, settings: &Settings) -> String {
    let Ok(reference) = load::reference(settings) else {
        return code;
    };
    let organisations = reference.tables.organisations();
    let mut shas = organisations.each().map(|(_, body)| body);
    let same =
        |body: &wcc_core::Body| body.kind == BodyKind::Sha && body.code.eq_ignore_ascii_case(&code);
    if let Some(sha) = shas.find(|body| same(body)) {
        return sha.code.clone();
    }
    anstream::eprintln!(
        "no authority in the tables has the code `{code}`: until one does, the plugin will not be used"
    );
    code
}

/// The code of the SHA in the tables that has the region's name.
fn sha_named(id: &str, settings: &Settings) -> Result<String, Failure> {
    let reference = load::reference(settings)?;
    let organisations = reference.tables.organisations();
    let shas = || {
        let bodies = organisations.each().map(|(_, body)| body);
        bodies.filter(|body| body.kind == BodyKind::Sha)
    };
    let hyphened = |name: &str| name.to_lowercase().replace(' ', "-");
    if let Some(sha) = shas().find(|sha| hyphened(&sha.name) == id) {
        return Ok(sha.code.clone());
    }
    let known: Vec<String> = shas()
        .map(|sha| format!("{} ({})", hyphened(&sha.name), sha.code))
        .collect();
    Err(Failure::not_found(format!(
        "no authority in the tables is called `{id}`: give its code with --authority, or use one of {}",
        known.join(", ")
    )))
}

fn refuse_to_overwrite(folder: &Path) -> Result<(), Failure> {
    let empty = |entries: fs::ReadDir| entries.take(1).count() == 0;
    match fs::read_dir(folder).map(empty) {
        Ok(true) => Ok(()),
        Ok(false) => Err(Failure::system(format!(
            "{} already exists and is not empty: nothing was written",
            folder.display()
        ))),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(cannot("read", folder, &error)),
    }
}

/// The SDK's folder: as given, otherwise in the repository that contains one of the two folders.
fn sdk(named: Option<&Path>, here: &Path, folder: &Path) -> Result<PathBuf, Failure> {
    let is_sdk = |path: &Path| path.join("include/wcc_plugin.h").is_file();
    if let Some(named) = named {
        let path = here.join(named);
        let path = fs::canonicalize(&path).map_err(|error| cannot("read", &path, &error))?;
        if is_sdk(&path) {
            return Ok(path);
        }
        let named = named.display();
        return Err(Failure::system(format!(
            "{named} is not the folder of the crate wcc-plugin (crates/plugin)"
        )));
    }
    let around = repository_around(folder).or_else(|| repository_around(here));
    Ok(around.map_or_else(|| NO_SDK.into(), |around| around.join("crates/plugin")))
}

/// The `wcc` repository that contains a path.
fn repository_around(path: &Path) -> Option<PathBuf> {
    let path = plain(path);
    let has_sdk = |folder: &&Path| folder.join("crates/plugin/include/wcc_plugin.h").is_file();
    path.ancestors().find(has_sdk).map(Path::to_path_buf)
}

/// The path without `.` and `..`; it need not exist.
fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            part => plain.push(part),
        }
    }
    plain
}

fn is_member(folder: &Path, repository: &Path) -> bool {
    plain(folder).parent() == Some(&repository.join("plugins"))
}

/// Replaces the template's names with the region's.
fn fill_template(text: &str, id: &str, sha: &str) -> String {
    let words: Vec<String> = id.split('-').map(capitalised).collect();
    text.replace("MyRegion", &words.concat())
        .replace("My Region", &words.join(" "))
        .replace("my-region", id)
        .replace("my_region", &id.replace('-', "_"))
        .replace("Q00", sha)
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    let first = letters.next().map(|letter| letter.to_ascii_uppercase());
    first.into_iter().chain(letters).collect()
}

/// The manifest of the crate: a member of the workspace in the repository's `plugins` folder, a
/// workspace of its own elsewhere.
fn with_sdk(text: &str, sdk: &Path, folder: &Path) -> String {
    let member = sdk
        .parent()
        .and_then(Path::parent)
        .is_some_and(|repository| is_member(folder, repository));
    if member {
        return text.to_owned();
    }
    let path = format!("'{}'", sdk.display());
    let text = text.replace(TEMPLATE_SDK, &path);
    format!("{text}\n# Independent of any workspace around it.\n[workspace]\n")
}

fn cannot(what: &str, path: &Path, error: &std::io::Error) -> Failure {
    Failure::system(format!("cannot {what} {}: {error}", path.display()))
}
