//! The two programmes, and queries to them.

use std::path::Path;
use std::sync::{Arc, LazyLock};
use tokio::runtime::Runtime;
use wcc_api::{Api, Limits, Request, Settings};
use wcc_case::{Case, Frameworks, ShippedTables, case};
use wcc_core::Actor;
use wcc_host::{Isolation, PluginSettings, Plugins, Worker};
use wcc_policy::{CedarPolicy, PolicyFile};
use wcc_programme::Programme;

/// Words that occur only in hidden objects, in lower case.
pub(crate) const MARKS: [&str; 2] = ["zanzibar", "5zx"];

pub(crate) static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap()
});

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Whether a text contains a word of a hidden object.
pub(crate) fn is_marked(text: &str) -> bool {
    let text = text.to_lowercase();
    MARKS.iter().any(|mark| text.contains(mark))
}

/// Returns a file unchanged, or without hidden objects. Every line keeps its number, because answers
/// name the rows of their sources.
fn variant(text: &str, is_whole: bool) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let (hidden, behind) = after.split_once("}}").expect("`{{` has its `}}`");
        out.push_str(before);
        if is_whole {
            out.push_str(hidden);
        } else {
            out.push_str(&"\n".repeat(hidden.matches('\n').count()));
        }
        rest = behind;
    }
    out.push_str(rest);
    if is_whole {
        return out;
    }
    let lines = out
        .lines()
        .map(|line| if is_marked(line) { "" } else { line });
    lines.map(|line| format!("{line}\n")).collect()
}

fn copy(from: &Path, to: &Path, is_whole: bool) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap();
        let target = to.join(name);
        if !is_whole && is_marked(name) {
            continue;
        }
        if path.is_dir() {
            copy(&path, &target, is_whole);
        } else {
            let text = std::fs::read_to_string(&path).unwrap();
            std::fs::write(target, variant(&text, is_whole)).unwrap();
        }
    }
}

/// Loads the plugin of the North East into this process.
pub(crate) async fn plugins() -> Plugins {
    let test = std::env::current_exe().unwrap();
    let library = test.with_file_name("libonce_north_east.so");
    let digest = wcc_host::digest_of(&library).unwrap();
    let settings = PluginSettings {
        isolation: Isolation::None,
        ..PluginSettings::new(&library, digest)
    };
    Plugins::load(vec![settings], Worker::this_program().unwrap()).await
}

/// The reference data and plugins for assuring cycles.
pub(crate) struct Reference {
    pub(crate) frameworks: Frameworks,
    pub(crate) shipped: ShippedTables,
    pub(crate) plugins: Plugins,
}

/// Reads the reference data and the cases, as a whole or without hidden objects.
pub(crate) async fn read(is_whole: bool) -> (Reference, Vec<Case>) {
    let folder = tempfile::tempdir().unwrap();
    copy(
        &root().join("tests/visibility/files"),
        folder.path(),
        is_whole,
    );
    let frameworks = Frameworks::read(&root().join("../../configs/frameworks")).unwrap();
    let shipped = ShippedTables::read(&folder.path().join("organisations"))
        .unwrap_or_else(|problems| panic!("{problems}"));
    let names: &[&str] = if is_whole {
        &["pilot", "zanzibar"]
    } else {
        &["pilot"]
    };
    let read = |name: &&str| {
        let folder = folder.path().join("cases").join(name);
        case::read(&folder, &frameworks, &shipped).unwrap_or_else(|problems| panic!("{problems}"))
    };
    let cases = names.iter().map(read).collect();
    let plugins = plugins().await;
    let reference = Reference {
        frameworks,
        shipped,
        plugins,
    };
    (reference, cases)
}

/// The programme with everything, or as if what is hidden had never existed.
pub(crate) async fn programme(is_whole: bool) -> Programme {
    let (reference, cases) = read(is_whole).await;
    let Reference {
        frameworks,
        shipped,
        plugins,
    } = &reference;
    Programme::assure(frameworks, shipped, cases, plugins)
        .await
        .unwrap()
}

/// Loads the shipped policies and one that hides objects.
pub(crate) fn policy() -> Arc<CedarPolicy> {
    let mut files = PolicyFile::shipped();
    let text = include_str!("files/hidden.cedar");
    files.push(PolicyFile::new("hidden.cedar", text));
    Arc::new(CedarPolicy::from_files(&files).unwrap_or_else(|problems| panic!("{problems}")))
}

pub(crate) fn settings() -> Settings {
    Settings {
        limits: Limits {
            tokens: u32::MAX,
            aliases: u32::MAX,
            selections: u32::MAX,
            cost: u64::MAX,
            ..Limits::default()
        },
        request_time: std::time::Duration::from_secs(120),
        ..Settings::default()
    }
}

/// The whole programme with the policy, and the programme without hidden objects and policy.
pub(crate) struct Fixture {
    pub(crate) whole: Api,
    pub(crate) never: Api,
}

pub(crate) static FIXTURE: LazyLock<Fixture> = LazyLock::new(|| {
    RUNTIME.block_on(async {
        let whole = Api::new(programme(true).await, settings());
        whole.set_policy(policy());
        Fixture {
            whole,
            never: Api::new(programme(false).await, settings()),
        }
    })
});

/// Executes a query as an actor.
pub(crate) fn ask(api: &Api, query: &str, actor: Option<Actor>) -> String {
    let request = Request {
        actor,
        ..Request::new(query)
    };
    let answer = RUNTIME.block_on(api.execute(request));
    String::from_utf8(answer.bytes.to_vec()).unwrap()
}

impl Fixture {
    /// Executes a query as the public.
    pub(crate) fn public(&self, query: &str) -> String {
        ask(&self.whole, query, None)
    }

    /// Executes a query as the operator.
    pub(crate) fn operator(&self, query: &str) -> String {
        ask(&self.whole, query, Some(Actor::operator("the operator")))
    }

    /// Executes a query on the programme without hidden objects.
    pub(crate) fn never(&self, query: &str) -> String {
        ask(&self.never, query, None)
    }
}
