//! Records of running a cycle: phases, releases, and what was released.

use super::*;

/// Phases that were opened.
pub(super) fn phases() -> Vec<Draft> {
    let opened = PhaseFact {
        body: "Q30".into(),
        phase: "panel-days".into(),
        reason: some(ODD),
    };
    let least = PhaseFact {
        reason: None,
        ..opened.clone()
    };
    vec![
        full(RecordFact::Phase(opened)),
        full(RecordFact::Phase(least)),
    ]
}

/// Results that were released.
pub(super) fn releases() -> Vec<Draft> {
    let release = ReleaseFact {
        body: "Q30".into(),
        to: vec!["executive".into(), ODD.into()],
        from: date(2009, 3, 1),
        uses: some(ODD),
    };
    let least = ReleaseFact {
        uses: None,
        ..release.clone()
    };
    vec![
        full(RecordFact::Release(release)),
        full(RecordFact::Release(least)),
    ]
}

/// Outputs that were kept as they were released.
pub(super) fn released_outputs() -> Vec<Draft> {
    let output = ReleasedOutputFact {
        body: "5KF".into(),
        release: 12,
        document: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        engine: "0.1.0".into(),
        framework: "wcc-2008-09 9f86d081".into(),
        plugins: vec!["once-north-east 0.1.0".into(), ODD.into()],
    };
    let least = ReleasedOutputFact {
        plugins: Vec::new(),
        ..output.clone()
    };
    vec![
        full(RecordFact::ReleasedOutput(output)),
        full(RecordFact::ReleasedOutput(least)),
    ]
}
