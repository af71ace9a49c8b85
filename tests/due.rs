//! What planning and panels lack is due for those who can supply it, and the authority sees a
//! summary of each body.

#![allow(clippy::expect_used, reason = "test helpers may panic")]

mod support;

use std::path::{Path, PathBuf};
use support::{printed_with, refused_with, settings_with};

const CYCLE: &str = "south-of-tyne-and-wear/2008-09";

/// Settings with a ledger in which the self-assessment has begun.
fn ledger() -> PathBuf {
    let settings = settings_with("");
    let example = "examples/south-of-tyne-and-wear";
    printed_with(&settings, &["ledger", "load", example]);
    for phase in ["toolkit", "self-assessment"] {
        printed_with(&settings, &["phase", "open", CYCLE, phase]);
    }
    settings
}

fn enter(settings: &Path, mutation: &str, fields: &[(&str, &str)]) {
    let mut arguments = vec!["enter", mutation, "--cycle", CYCLE];
    let names: Vec<String> = fields.iter().map(|(name, _)| format!("--{name}")).collect();
    for (name, (_, value)) in names.iter().zip(fields) {
        arguments.extend([name.as_str(), *value]);
    }
    printed_with(settings, &arguments);
}

fn due(settings: &Path, role: &str) -> String {
    let arguments = ["due", CYCLE, "--role", role, "--on", "2008-09-20"];
    printed_with(settings, &arguments)
}

#[test]
fn what_planning_lacks_is_due() {
    let settings = ledger();
    let executive = "executive;body=5KF";
    let before = due(&settings, executive);
    for duty in [
        "allocate a strategic lead to 13 areas of Gateshead PCT (5KF)",
        "by 2008-10-31: file `Five-year strategic plan` of Gateshead PCT (5KF)",
    ] {
        assert!(before.contains(duty), "{duty}: {before}");
    }
    assert!(!before.contains("5KG"), "{before}");
    let lead = [("body", "5KF"), ("area", "2"), ("person", "D. Director")];
    enter(&settings, "allocate-lead", &lead);
    let plan = [
        ("body", "5KF"),
        ("plan", "strategic-plan"),
        ("version", "1"),
        ("date", "2008-09-01"),
    ];
    enter(&settings, "file-plan", &plan);
    let action = [
        ("body", "5KF"),
        ("id", "council"),
        ("text", "Agree the plan with the council."),
        ("owner", "D. Director"),
        ("due", "2008-09-01"),
        ("state", "STARTED"),
    ];
    enter(&settings, "record-action", &action);
    let after = due(&settings, executive);
    for duty in [
        "allocate a strategic lead to 12 areas of Gateshead PCT (5KF)",
        "LATE (was due 2008-09-01): finish \"Agree the plan with the council.\" (council) of Gateshead PCT (5KF) \
         (owner: D. Director)",
    ] {
        assert!(after.contains(duty), "{duty}: {after}");
    }
    assert!(
        !after.contains("file `Five-year strategic plan`"),
        "{after}"
    );

    let concern = [
        ("body", "5KF"),
        ("id", "skills"),
        ("text", "Too few analysts."),
    ];
    enter(&settings, "share-area-of-concern", &concern);
    let support = "choose support for \"Too few analysts.\" (skills) of Gateshead PCT (5KF)";
    assert!(due(&settings, "assurer;body=Q30").contains(support));
    assert!(!due(&settings, executive).contains(support));

    // In a line for each body, what is late comes first.
    let bodies = printed_with(&settings, &["due", CYCLE, "--bodies", "--on", "2008-09-20"]);
    let of_gateshead = bodies
        .lines()
        .skip_while(|line| !line.contains("Gateshead"));
    let of_gateshead: Vec<&str> = of_gateshead.take(2).collect();
    let [line, next] = of_gateshead.as_slice() else {
        unreachable!("{bodies}")
    };
    assert!(line.contains(": Self-assessment; "), "{line}");
    assert!(line.ends_with(" due, 1 late"), "{line}");
    assert!(next.contains("LATE (was due 2008-09-01): finish"), "{next}");
}

#[test]
fn what_panels_lack_is_due() {
    let settings = ledger();
    let assurer = "assurer;body=Q30";
    let before = due(&settings, assurer);
    assert!(
        before.contains("appoint the panel of South of Tyne and Wear"),
        "{before}"
    );
    assert!(
        before.contains("plan the panel day of South of Tyne and Wear"),
        "{before}"
    );
    let member = [
        ("body", "south-of-tyne-and-wear"),
        ("person", "m.member"),
        ("name", "M. Member"),
        ("category", "local-authority"),
    ];
    enter(&settings, "appoint-panel-member", &member);
    let day = [("body", "south-of-tyne-and-wear"), ("date", "2008-11-12")];
    enter(&settings, "plan-panel-day", &day);
    let after = due(&settings, assurer);
    let appoint = "by 2008-11-12: appoint the panel of South of Tyne and Wear";
    assert!(after.contains(appoint), "{after}");
    assert!(after.contains("1 of 5 members"), "{after}");
    assert!(!after.contains("plan the panel day"), "{after}");
    let declare = "by 2008-11-12: declare the interests of M. Member on the panel of";
    assert!(due(&settings, "member").contains(declare));
    let shown = printed_with(&settings, &["panel", "ledger:", "--for", "5KF"]);
    for line in [
        "M. Member (local authority representative; has not declared any interests)",
        "panel day: 2008-11-12",
        "no member has scored anything",
    ] {
        assert!(shown.contains(line), "{line}: {shown}");
    }
}

#[test]
fn a_role_in_another_cycle_has_nothing_due_in_this_one() {
    let settings = ledger();
    let own = due(&settings, &format!("executive;body=5KF;cycle={CYCLE}"));
    assert_eq!(own, due(&settings, "executive;body=5KF"));
    let other = [
        "due",
        CYCLE,
        "--role",
        "executive;body=5KF;cycle=north/2009-10",
    ];
    let (_, message) = refused_with(&settings, &other);
    assert!(
        message.contains("is a role in the cycle `north/2009-10`"),
        "{message}"
    );
}
