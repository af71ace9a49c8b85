use crate::groups::{self, join_names};
use std::collections::BTreeSet;
use wcc_plugin::{Batch, Check, Findings, Subject};

pub(crate) const CHECK: Check = Check {
    id: "does-not-commission",
    title: "Judgement on a group that does not commission",
    about: "delegation",
    what: "There is a judgement on one of the five Once North East groups that have no \
           commissioning responsibility.",
    why: "The competencies are about commissioning. A level for a group that commissions nothing \
          limits no PCT, and was probably meant for another group.",
    example: "Group 9 has a panel level on 5a.",
    run,
};

fn run(batch: &Batch<'_>, findings: &mut Findings) {
    for group in groups::all().iter().filter(|group| !group.commissions) {
        let Some(body) = batch.body(&group.code) else {
            continue;
        };
        let subjects: BTreeSet<&str> = body
            .judgements
            .iter()
            .map(|judgement| judgement.subject.as_str())
            .collect();
        if !subjects.is_empty() {
            let subjects: Vec<&str> = subjects.into_iter().collect();
            let message = format!(
                "{} has no commissioning responsibility, but is judged on {}.",
                group.title,
                join_names(&subjects)
            );
            findings
                .warning(&group.code, message)
                .about(Subject::function(&group.code));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checks::region;

    #[test]
    fn a_level_for_such_a_group_is_found() {
        let mut region = region(&[], &[("5a", "2", "")]);
        assert_eq!(CHECK.findings(&region), []);
        region.bodies[3].code = "once-north-east-group-9".into();
        let findings = CHECK.findings(&region);
        assert_eq!(findings.len(), 1);
        assert!(findings[0].1.message.ends_with("on 5a."));
    }
}
