//! The declaration of a mutation.

/// Declares a mutation: field, input, drafts and payload.
///
/// ```ignore
/// mutation! {
///     /// What the field does.
///     withdraw: Withdraw {
///         /// What is given.
///         input WithdrawInput<'q> as "WithdrawInput" {
///             /// What the field of the input is.
///             entry: i32,
///         }
///         drafts |input, form| vec![...];
///         /// What it answers.
///         payload WithdrawPayload as "WithdrawPayload" => |done| {
///             /// What the field of the payload is.
///             cycle: Option<Cycle<'a>> = done.cycle();
///         }
///     }
/// }
/// ```
///
/// The macro puts `requestId` in front of the input and what every mutation answers in front of
/// the payload. `drafts` gives the entries, several or none; `form` collects the mistakes that show
/// without the ledger.
macro_rules! mutation {
    (
        $(#[doc = $doc:literal])*
        $field:ident : $name:ident {
            $(#[doc = $input_doc:literal])*
            input $input:ident <$life:lifetime> as $input_name:literal { $($input_fields:tt)* }
            drafts |$given:ident, $form:ident| $drafts:expr;
            $(#[doc = $payload_doc:literal])*
            payload $payload:ident as $payload_name:literal => |$done:ident| {
                $($payload_fields:tt)*
            }
        }
    ) => {
        $crate::project::input! {
            $(#[doc = $input_doc])*
            $input<$life> as $input_name {
                /// Your identifier for this request, at most 100 bytes, such as a random UUID. If an
                /// answer is lost, send the same request again: it enters nothing twice and returns the
                /// same answer.
                requestId: &$life str,
                $($input_fields)*
            }
        }

        $(#[doc = $payload_doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $payload<'a>($crate::mutation::ExecutedMutation<'a>);

        $crate::project::object! {
            $(#[doc = $payload_doc])*
            $payload<'a> as $payload_name => |$payload($done)| {
                // `FIELDS_OF_EVERY_PAYLOAD` counts these.
                /// Number of the last entry that was made; null if `userErrors` says why there is none.
                entry: Option<i32> = $done.entry();
                /// When it was entered.
                at: Option<jiff::Timestamp> = $done.at();
                /// Whether the same request was entered before; if so, nothing was entered now.
                repeated: bool = $done.repeated();
                /// Whether the entry is served, so that later queries include it. False if nothing
                /// was entered, or if the server cannot update its data at the moment: the entry
                /// is then safe in the ledger, and `/readyz` gives the reason.
                served: bool = $done.served();
                /// The mistakes in the request; if there are any, nothing is entered.
                userErrors: [$crate::mutation::payload::UserError<'a>; 1] = $done.errors();
                $($payload_fields)*
            }
        }

        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug)]
        pub(crate) struct $name;

        impl $crate::mutation::Declaration for $name {
            const FIELD: $crate::project::FieldInfo = $crate::project::FieldInfo {
                name: stringify!($field),
                doc: &[$($doc),*],
                ty: <Option<$payload<'static>> as $crate::project::Declared>::TYPE,
                deprecated: None,
                arguments: &[$crate::project::ArgumentInfo {
                    name: "input",
                    doc: &[" What is asked for."],
                    ty: <$input<'static> as $crate::project::Argument<'static>>::TYPE,
                    deprecated: None,
                    default: None,
                }],
            };

            fn command(
                planned: &$crate::project::PlannedField,
                known_method: Option<wcc_core::Method>,
            ) -> Result<
                Result<$crate::mutation::Command, Vec<$crate::mutation::Mistake>>,
                $crate::project::Failure,
            > {
                let $given: $input<'_> = planned.arguments().next()?;
                let mut form = $crate::mutation::form::Form::with_method(known_method);
                let request = form.request($given.requestId);
                let drafts = {
                    let $form = &mut form;
                    $drafts
                };
                Ok(form.finish(request, drafts))
            }

            fn write(
                done: Result<$crate::mutation::ExecutedMutation<'_>, $crate::project::Failure>,
                planned: &$crate::project::PlannedField,
                out: &mut $crate::project::Writer,
            ) -> $crate::project::WriteResult {
                let payload = done.map(|done| Some($payload(done)));
                $crate::project::write::put::<Option<$payload<'_>>, _>(payload, planned, out)
            }
        }
    };
}

/// Declares a mutation that enters one record of a cycle, or corrects one: its input has the
/// cycle in front and `supersedes` at the end, its payload the cycle.
macro_rules! record_mutation {
    (
        $(#[doc = $doc:literal])*
        $field:ident : $name:ident {
            $(#[doc = $input_doc:literal])*
            input $input:ident <$life:lifetime> as $input_name:literal { $($input_fields:tt)* }
            record |$given:ident, $form:ident| $record:expr;
            $(#[doc = $payload_doc:literal])*
            payload $payload:ident as $payload_name:literal;
        }
    ) => {
        $crate::mutation::mutation! {
            $(#[doc = $doc])*
            $field: $name {
                $(#[doc = $input_doc])*
                input $input<$life> as $input_name {
                    /// Identifier of the cycle.
                    cycle: $crate::project::leaves::Id<$life>,
                    $($input_fields)*
                    /// Number of the entry that this one corrects: the `entry` of what is current.
                    supersedes: Option<i32>,
                }
                drafts |$given, $form| {
                    let cycle = $form.code("cycle", $given.cycle.0);
                    let supersedes = $form.supersedes($given.supersedes);
                    let record = $record;
                    vec![wcc_core::ledger::Draft {
                        fact: wcc_core::ledger::Fact::Record { cycle, record },
                        supersedes,
                        origin: None,
                    }]
                };
                $(#[doc = $payload_doc])*
                payload $payload as $payload_name => |done| {
                    /// The cycle including what was recorded; null if `served` is false.
                    cycle: Option<$crate::types::cycle::Cycle<'a>> = done.cycle();
                }
            }
        }
    };
}

pub(crate) use {mutation, record_mutation};
