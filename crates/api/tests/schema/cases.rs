//! The real cases, with made-up answers of plugins: the tests of the API need no plugin library.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use wcc_case::{Frameworks, ReadCycle, ShippedTables, case};
use wcc_core::contribution::{FunctionReach, LocalOutcome, PluginCeiling};
use wcc_core::finding::{About, Author, Number};
use wcc_core::outcome::{Better, OutcomeDefinition, OutcomeScope};
use wcc_core::{
    BodyIndex, CheckDocumentation, CheckedCycle, Contribution, Finding, LastYear, PluginIdentity,
    PluginRun, Severity, Step, assure,
};
use wcc_programme::{AssuredCycle, ConfiguredPlugin, Programme};

/// Returns the folder of the repository.
fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Returns the programme of every case.
pub(crate) fn programme() -> Programme {
    let root = repository();
    let frameworks = Frameworks::read(&root.join("configs/frameworks")).expect("frameworks");
    let shipped = ShippedTables::read(&root.join("configs/organisations")).expect("organisations");
    let mut cycles = Vec::new();
    for name in [
        "another-regime",
        "england",
        "north-east",
        "south-of-tyne-and-wear",
        "south-staffordshire",
    ] {
        let folder = root.join("examples").join(name);
        let case = case::read(&folder, &frameworks, &shipped).expect(name);
        let first = cycles.len();
        for read in case.cycles {
            let assured = assured(read, &cycles, first);
            cycles.push(Arc::new(assured));
        }
    }
    let mut all: Vec<_> = frameworks.each().cloned().collect();
    for assured in &cycles {
        let framework = &assured.cycle.framework;
        if all.iter().all(|known| known.id != framework.id) {
            all.push(Arc::clone(framework));
        }
    }
    all.sort_by(|left, right| left.id.cmp(&right.id));
    let plugins = vec![
        configured(once_north_east(), "Q30", None),
        configured(west_midlands(), "Q34", Some("it timed out after 10 s")),
    ];
    let organisations = Arc::clone(shipped.organisations());
    let programme = Programme::of_assured(all, organisations, plugins, cycles);
    let mut programme = programme.expect("each cycle once");
    programme.revision = "a-revision-of-the-tests".into();
    programme
}

fn assured(read: ReadCycle, earlier: &[Arc<AssuredCycle>], first: usize) -> AssuredCycle {
    let previous = read.previous.and_then(|at| earlier.get(first + at));
    let last_year = previous.map(|year| LastYear {
        cycle: &year.cycle,
        assurance: &year.assurance,
    });
    let runs = runs(&read.cycle);
    let runs = runs.into_iter().map(Arc::new).collect();
    let assurance = assure(&read.cycle, runs, last_year);
    let previous = previous.map(|year| year.cycle.id.clone());
    AssuredCycle::new(read.cycle, assurance, previous, read.places)
}

fn once_north_east() -> PluginIdentity {
    PluginIdentity {
        id: "once-north-east".into(),
        title: "Once North East".into(),
        version: "1.0.0".into(),
        digest: "01".repeat(32),
    }
}

fn west_midlands() -> PluginIdentity {
    PluginIdentity {
        id: "west-midlands".into(),
        title: "West Midlands".into(),
        version: "1.0.0".into(),
        digest: "02".repeat(32),
    }
}

fn checks() -> Vec<CheckDocumentation> {
    vec![CheckDocumentation {
        id: "once-north-east/not-assured".into(),
        title: "A commissioning function was not assured".into(),
        what: "Looks for a judgement on each function that commissions.".into(),
        why: "What was delegated is otherwise assured by nobody.".into(),
        example: "Prison health commissioning has no judgement by the panel.".into(),
    }]
}

fn configured(identity: PluginIdentity, sha: &str, unavailable: Option<&str>) -> ConfiguredPlugin {
    ConfiguredPlugin {
        checks: if unavailable.is_some() {
            Vec::new()
        } else {
            checks()
        },
        identity,
        regions: vec![sha.into()],
        frameworks: vec!["wcc-2008-09".into()],
        unavailable: unavailable.map(Into::into),
    }
}

/// Returns the runs of the plugins on a cycle.
fn runs(cycle: &CheckedCycle) -> Vec<PluginRun> {
    let body = |code: &str| cycle.organisations.find(code);
    match cycle.id.as_str() {
        "south-of-tyne-and-wear/2008-09" => {
            let function = body("cancer-network").expect("a function");
            let cluster = body("south-of-tyne-and-wear").expect("a cluster");
            vec![PluginRun {
                plugin: once_north_east(),
                covers: vec![body("Q30").expect("an SHA")],
                checks: checks(),
                outcomes: vec![emergency_admissions()],
                result: Ok(contribution(cycle, function, cluster)),
            }]
        }
        "south-staffordshire/2009-10" => vec![PluginRun {
            plugin: west_midlands(),
            covers: vec![body("Q34").expect("an SHA")],
            checks: Vec::new(),
            outcomes: Vec::new(),
            result: Err("it timed out after 10 s".into()),
        }],
        _ => Vec::new(),
    }
}

fn emergency_admissions() -> OutcomeDefinition {
    OutcomeDefinition {
        id: "cancer-emergency-admissions".into(),
        title: "Cancers found at an emergency admission".into(),
        unit: "%".into(),
        better: Better::Lower,
        scope: OutcomeScope::Local,
        series: vec!["persons".to_owned()],
        min: None,
        max: None,
        vital_signs: None,
        source: None,
    }
}

fn finding(body: BodyIndex, about: About, message: &str) -> Finding {
    Finding {
        check: "once-north-east/not-assured".into(),
        author: Author::Core,
        severity: Severity::Error,
        body,
        about,
        message: message.into(),
        numbers: vec![Number {
            label: "PCTs that delegate to it".into(),
            value: 12.0,
        }],
    }
}

fn contribution(cycle: &CheckedCycle, function: BodyIndex, cluster: BodyIndex) -> Contribution {
    let measure = |id: &str| cycle.framework.find_measure(id).expect("a measure");
    let first_pct = cycle.pcts[0];
    Contribution {
        reach: vec![FunctionReach {
            function,
            measures: vec![measure("5a"), measure("10a")],
        }],
        findings: vec![
            finding(
                cycle
                    .organisations
                    .find("prison-health")
                    .expect("a function"),
                About::Body,
                "Prison health commissioning has no judgement by the panel",
            ),
            finding(
                cluster,
                About::Measure(measure("7b")),
                "The cluster's level on 7b rests on a function that was not assured",
            ),
        ],
        ceilings: vec![PluginCeiling {
            check: "once-north-east/not-assured".into(),
            body: cluster,
            measure: measure("7b"),
            supports: Step::at(0),
            reason: "prison health commissioning was not assured".into(),
        }],
        outcomes: vec![LocalOutcome {
            outcome: "cancer-emergency-admissions".into(),
            body: first_pct,
            value: Some(23.4),
        }],
    }
}
