//! Generates the types that have a part for each kind of record, from the list of kinds.

/// Declares the kinds of records: `Variant => list: file::Type`, one line each.
///
/// Generates [`RecordKind`](super::RecordKind), [`RecordFact`](super::RecordFact),
/// [`Record`](super::Record), [`RecordKey`](super::RecordKey) and [`Records`](super::Records), and
/// re-exports what each file makes public.
macro_rules! record_kinds {
    ($($kind:ident => $list:ident: $module:ident::$type:ident),* $(,)?) => {
        $(pub use $module::*;)*

        /// A kind of record.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum RecordKind {
            $(
                #[doc = concat!("See [`", stringify!($type), "`].")]
                $kind,
            )*
        }

        impl RecordKind {
            /// Every kind.
            pub const ALL: &'static [RecordKind] = &[$(RecordKind::$kind),*];

            /// Its name: `judgement`.
            pub fn name(self) -> &'static str {
                match self {
                    $(RecordKind::$kind => <$type as RecordType>::NAME,)*
                }
            }

            /// The act of entering such a record, for policies.
            pub fn act(self) -> &'static str {
                match self {
                    $(RecordKind::$kind => <$type as RecordType>::ACT,)*
                }
            }

            /// Whether other records cite such records.
            pub fn is_cited(self) -> bool {
                match self {
                    $(RecordKind::$kind => <$type as RecordType>::IS_CITED,)*
                }
            }

            /// Whether each such record is one person's own.
            pub fn is_personal(self) -> bool {
                match self {
                    $(RecordKind::$kind => <$type as RecordType>::IS_PERSONAL,)*
                }
            }

            /// Whether such records may be about a body that the cycle does not assure.
            pub fn is_for_any_body(self) -> bool {
                match self {
                    $(RecordKind::$kind => {
                        <$type as RecordType>::IS_CITED || <$type as RecordType>::IS_REFERENCE
                    })*
                }
            }
        }

        /// A record of any kind in codes, as an entry of the ledger stores it.
        #[derive(Clone, Debug, PartialEq)]
        pub enum RecordFact {
            $(
                #[doc = concat!("See [`", stringify!($type), "`].")]
                $kind(<$type as RecordType>::Fact),
            )*
        }

        impl RecordFact {
            /// Its kind.
            pub fn kind(&self) -> RecordKind {
                match self {
                    $(RecordFact::$kind(_) => RecordKind::$kind,)*
                }
            }

            /// Code of the body of the record.
            pub fn body(&self) -> &str {
                match self {
                    $(RecordFact::$kind(codes) => codes.body(),)*
                }
            }

            /// The method of a judgement, or of the value that an answer defends.
            pub fn method(&self) -> Option<Method> {
                match self {
                    $(RecordFact::$kind(codes) => codes.method(),)*
                }
            }

            /// Identifier of the approval that it gives, if it is one.
            pub fn approval(&self) -> Option<&str> {
                match self {
                    $(RecordFact::$kind(codes) => codes.approval(),)*
                }
            }

            /// SHA-256 of the document that it files.
            pub fn document(&self) -> Option<&str> {
                match self {
                    $(RecordFact::$kind(codes) => codes.document(),)*
                }
            }

            /// The person whose own record it is.
            pub fn belongs_to(&self) -> Option<&str> {
                match self {
                    $(RecordFact::$kind(codes) => codes.belongs_to(),)*
                }
            }

            /// Fills in the person of a personal record that names nobody.
            pub fn sign_as(&mut self, person: &str) {
                let belongs_to = match self {
                    $(RecordFact::$kind(codes) => codes.belongs_to_mut(),)*
                };
                if let Some(belongs_to) = belongs_to.filter(|belongs_to| belongs_to.is_empty()) {
                    *belongs_to = person.into();
                }
            }

            /// The values that make a later record of the same kind and body a correction of this
            /// record.
            pub fn identity(&self) -> Vec<Box<str>> {
                match self {
                    $(RecordFact::$kind(codes) => codes.identity(),)*
                }
            }

            /// Takes over what an earlier version of the record says and this one leaves open.
            pub fn complete_from(&mut self, earlier: &RecordFact) {
                match (self, earlier) {
                    $((RecordFact::$kind(own), RecordFact::$kind(earlier)) => {
                        own.complete_from(earlier);
                    })*
                    _ => {}
                }
            }

            /// The record in one line, for lists of entries.
            ///
            /// `methods` are those of its cycle's framework.
            pub fn summary(&self, methods: &Methods) -> String {
                match self {
                    $(RecordFact::$kind(codes) => codes.summary(methods),)*
                }
            }
        }

        /// A record of any kind.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
        pub enum Record {
            $(
                #[doc = concat!("See [`", stringify!($type), "`].")]
                $kind($type),
            )*
        }

        impl Record {
            /// Looks up the codes of an entry.
            ///
            /// # Errors
            /// The first code that names nothing.
            pub fn from_codes(
                fact: RecordFact,
                reader: &CodeReader<'_>,
            ) -> Result<Record, UnknownCode> {
                Ok(match fact {
                    $(RecordFact::$kind(codes) => {
                        Record::$kind(<$type as RecordType>::from_codes(codes, reader)?)
                    })*
                })
            }

            /// Writes the record in codes.
            pub(crate) fn to_codes(&self, writer: &CodeWriter<'_>) -> RecordFact {
                match self {
                    $(Record::$kind(record) => RecordFact::$kind(record.to_codes(writer)),)*
                }
            }

            /// Its key, if it has one.
            pub fn key(&self) -> Option<RecordKey> {
                match self {
                    $(Record::$kind(record) => record.key().map(RecordKey::$kind),)*
                }
            }
        }

        impl std::ops::Deref for Record {
            type Target = dyn CycleRecord;

            fn deref(&self) -> &(dyn CycleRecord + 'static) {
                match self {
                    $(Record::$kind(record) => record,)*
                }
            }
        }

        $(
            impl From<$type> for Record {
                fn from(record: $type) -> Record {
                    Record::$kind(record)
                }
            }
        )*

        /// The key of a record of any kind: of two records of a cycle with the same key, one supersedes
        /// the other.
        #[derive(Clone, Debug, PartialEq, Eq, Hash)]
        pub enum RecordKey {
            $(
                #[doc = concat!("See [`", stringify!($type), "`].")]
                $kind(<$type as RecordType>::Key),
            )*
        }

        /// The records of a cycle, a list for each kind.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Records {
            $(
                #[doc = concat!("See [`", stringify!($type), "`].")]
                pub $list: Table<$type>,
            )*
        }

        /// The shifts of records after others were added or removed.
        #[derive(Clone, Debug, Default)]
        pub struct RecordMoves {
            $(pub(crate) $list: Move,)*
        }

        impl RecordMoves {
            /// Whether no record moved.
            pub(crate) fn is_none(&self) -> bool {
                true $(&& self.$list.is_none())*
            }
        }

        impl Records {
            /// Adds a record.
            pub fn push(&mut self, record: Record) {
                match record {
                    $(Record::$kind(record) => self.$list.push(record),)*
                }
            }

            /// Removes the record of a kind that was added last.
            pub fn pop(&mut self, kind: RecordKind) -> Option<Record> {
                match kind {
                    $(RecordKind::$kind => self.$list.pop().map(Record::$kind),)*
                }
            }

            /// The record with a number. The lists must be in the order of the numbers, as those
            /// of a ledger's state are.
            pub fn find(&self, kind: RecordKind, id: RecordId) -> Option<Record> {
                match kind {
                    $(RecordKind::$kind => {
                        find(&self.$list, id).cloned().map(Record::$kind)
                    })*
                }
            }

            /// A reference to the record with a number, under the condition of [`Records::find`].
            pub fn find_ref(&self, kind: RecordKind, id: RecordId) -> Option<&dyn CycleRecord> {
                match kind {
                    $(RecordKind::$kind => {
                        find(&self.$list, id).map(|record| record as &dyn CycleRecord)
                    })*
                }
            }

            /// The key of the record with a number, under the condition of [`Records::find`].
            pub fn key_of(&self, kind: RecordKind, id: RecordId) -> Option<RecordKey> {
                match kind {
                    $(RecordKind::$kind => {
                        find(&self.$list, id)?.key().map(RecordKey::$kind)
                    })*
                }
            }

            /// The records up to a number that pass a test, under the condition of
            /// [`Records::find`].
            pub fn select(&self, last: RecordId, keep: &dyn Fn(RecordId) -> bool) -> Records {
                Records {
                    $($list: select(&self.$list, last, keep).into(),)*
                }
            }

            /// The records after a number, under the condition of [`Records::find`].
            pub fn after(&self, id: RecordId) -> impl Iterator<Item = &dyn CycleRecord> {
                std::iter::empty()
                    $(.chain(after(&self.$list, id)))*
            }

            /// Returns the new records that conflict with earlier ones that count.
            pub(crate) fn conflicts(
                &self,
                framework: &Framework,
                is_new: &dyn Fn(RecordId) -> bool,
                counts: &dyn Fn(RecordId) -> bool,
            ) -> Vec<(RecordId, RuleViolation)> {
                let mut found = Vec::new();
                $(found.extend(conflicts(&self.$list, framework, is_new, counts));)*
                found
            }

            /// The records with the identifier of an earlier one.
            pub(crate) fn repeats(&self) -> Vec<(RecordId, RuleViolation)> {
                let mut found = Vec::new();
                $(found.extend(repeats(&self.$list));)*
                found
            }

            /// Every record of a kind.
            pub fn of_kind(
                &self,
                kind: RecordKind,
            ) -> Box<dyn Iterator<Item = &dyn CycleRecord> + '_> {
                match kind {
                    $(RecordKind::$kind => {
                        let records = self.$list.iter();
                        Box::new(records.map(|record| record as &dyn CycleRecord))
                    })*
                }
            }

            /// Every record.
            pub fn each(&self) -> impl Iterator<Item = &dyn CycleRecord> {
                std::iter::empty()
                    $(.chain(self.$list.iter().map(|record| record as &dyn CycleRecord)))*
            }

            /// Changes the records that pass a test. Other lists stay shared.
            pub(crate) fn change(
                &mut self,
                is_changed: &dyn Fn(&dyn CycleRecord) -> bool,
                change: &dyn Fn(&mut dyn CycleRecord),
            ) {
                $(if self.$list.iter().any(|record| is_changed(record)) {
                    let records = self.$list.iter_mut();
                    records
                        .filter(|record| is_changed(*record))
                        .for_each(|record| change(record));
                })*
            }

            /// Keeps only the records that pass a test. Other lists stay shared.
            pub(crate) fn retain(&mut self, keep: &dyn Fn(&dyn CycleRecord) -> bool) {
                $(if !self.$list.iter().all(|record| keep(record)) {
                    self.$list.retain(|record| keep(record));
                })*
            }

            /// Sorts every list into the order of a checked cycle.
            pub(crate) fn sort(&mut self) {
                $(self.$list.sort_by_key(RecordType::order);)*
            }

            /// Removes and adds records. The lists must be in the order of a checked cycle. `None` if a
            /// record to be removed is missing.
            pub(crate) fn merge(
                &mut self,
                removed: &Records,
                added: &Records,
            ) -> Option<RecordMoves> {
                Some(RecordMoves {
                    $($list: merge(&mut self.$list, &removed.$list, &added.$list)?,)*
                })
            }

            /// The records that only these lists have, and those that only the others have. Both
            /// must be in the order of a checked cycle.
            pub(crate) fn difference(&self, others: &Records) -> (Records, Records) {
                let (mut only_here, mut only_there) = (Records::default(), Records::default());
                $((only_here.$list, only_there.$list) = difference(&self.$list, &others.$list);)*
                (only_here, only_there)
            }

            fn each_in_codes(
                &self,
                writer: &CodeWriter<'_>,
            ) -> impl Iterator<Item = (RecordId, RecordFact)> {
                std::iter::empty()
                    $(.chain(self.$list.iter().map(|record| {
                        (record.id(), RecordFact::$kind(record.to_codes(writer)))
                    })))*
            }
        }
    };
}

pub(super) use record_kinds;
