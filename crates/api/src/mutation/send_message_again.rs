//! `sendMessageAgain`.

use super::mutation;
use crate::history::SendAgainRequest;
use crate::project::leaves::Id;
use crate::types::message::Message;
use jiff::Timestamp;

mutation! {
    /// Sends a message for people again to those whom it has not reached, if you may read it and the policies let you do
    /// this for its body (`send-message-again`). Nobody who has it gets it a second time, and nothing is entered in the ledger. A message that waits to be
    /// sent stays as it is.
    sendMessageAgain: SendMessageAgain {
        /// The message.
        input SendMessageAgainInput<'q> as "SendMessageAgainInput" {
            /// Identifier of the message.
            message: Id<'q>,
            /// If it was sent again after this time, it stays as it is: give its `sentAgainAt`, or else its `madeAt`, as you
            /// saw it, so that a request that is made twice sends it again once.
            unlessSentAgainSince: Option<Timestamp>,
        }
        drafts |input, form| {
            form.message = Some(SendAgainRequest {
                message: form.code("message", input.message.0),
                unless_since: input.unlessSentAgainSince,
            });
            Vec::new()
        };
        /// The result of sending a message again.
        payload SendMessageAgainPayload as "SendMessageAgainPayload" => |done| {
            /// The message, which waits to be sent; null if it is not sent again.
            message: Option<Message<'a>> = done.message();
        }
    }
}
