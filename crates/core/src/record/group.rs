//! Groups of records that are shown or hidden together.

use super::{CycleRecord, Method, RecordKind};

/// The records of a kind on a body; of judgements and answers, those by one method. Policies decide
/// about each group by itself who sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordGroup {
    /// The kind.
    pub kind: RecordKind,
    /// The method of judgements and answers.
    pub method: Option<Method>,
}

impl RecordGroup {
    /// The scores that members of panels give.
    pub const SCORES: RecordGroup = RecordGroup {
        kind: RecordKind::Score,
        method: None,
    };

    /// The records of a kind that no method tells apart.
    pub(crate) fn of_kind(kind: RecordKind) -> RecordGroup {
        RecordGroup { kind, method: None }
    }

    /// The judgements, or answers, by a method.
    pub(crate) fn by_method(kind: RecordKind, method: Method) -> RecordGroup {
        RecordGroup {
            kind,
            method: Some(method),
        }
    }

    /// The group of a record.
    pub fn of(record: &dyn CycleRecord) -> RecordGroup {
        RecordGroup {
            kind: record.kind(),
            method: record.method(),
        }
    }

    /// Every group.
    pub fn all() -> impl Iterator<Item = RecordGroup> {
        RecordKind::ALL.iter().flat_map(|kind| {
            let kind = *kind;
            let methods: &[Option<Method>] = match kind {
                RecordKind::Judgement | RecordKind::Answer => &BY_METHOD,
                _ => &[None],
            };
            methods.iter().map(move |method| RecordGroup {
                kind,
                method: *method,
            })
        })
    }

    /// The word for it in frameworks and policies: that of the method, or the name of the kind.
    pub fn name(self) -> &'static str {
        self.method.map_or_else(|| self.kind.name(), Method::name)
    }
}

const BY_METHOD: [Option<Method>; 5] = [
    Some(Method::Previous),
    Some(Method::SelfAssessment),
    Some(Method::Analyst),
    Some(Method::Panel),
    Some(Method::Calibrated),
];
