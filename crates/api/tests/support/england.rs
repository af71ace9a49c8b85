//! The programme of a made-up England of any number of PCTs: see [`wcc_fixtures::england`].

use std::sync::Arc;
use wcc_core::{LastYear, assure};
use wcc_programme::{AssuredCycle, Places, Programme};

/// Returns two years of an England with this many PCTs.
pub fn programme(pcts: u16) -> Programme {
    let [first_cycle, second_cycle] = wcc_fixtures::england::cycles(pcts);
    let frameworks = [&first_cycle, &second_cycle].map(|cycle| Arc::clone(&cycle.framework));
    let organisations = Arc::clone(&second_cycle.organisations);
    let first_assurance = assure(&first_cycle, Vec::new(), None);
    let last_year = LastYear {
        cycle: &first_cycle,
        assurance: &first_assurance,
    };
    let second_assurance = assure(&second_cycle, Vec::new(), Some(last_year));
    let first_year = AssuredCycle::new(first_cycle, first_assurance, None, Places::default());
    let previous = Some("england/2008-09".to_owned());
    let second_year =
        AssuredCycle::new(second_cycle, second_assurance, previous, Places::default());
    let cycles = vec![Arc::new(first_year), Arc::new(second_year)];
    let programme = Programme::of_assured(frameworks.into(), organisations, Vec::new(), cycles);
    let mut programme = programme.unwrap_or_else(|error| panic!("{error}"));
    programme.revision = "0123456789abcdef".into();
    programme
}
