//! `sendMessageAgain`.

use super::mutation;
use crate::project::leaves::Id;
use crate::types::message::Message;

mutation! {
    /// Sends a message for people again to those whom it has not reached, if you may read it and open phases for its
    /// body. Nobody who has it gets it a second time, and nothing is entered in the ledger. A message that waits to be
    /// sent stays as it is.
    sendMessageAgain: SendMessageAgain {
        /// The message.
        input SendMessageAgainInput<'q> as "SendMessageAgainInput" {
            /// Identifier of the message.
            message: Id<'q>,
        }
        drafts |input, form| {
            form.message = Some(form.code("message", input.message.0));
            Vec::new()
        };
        /// The result of sending a message again.
        payload SendMessageAgainPayload as "SendMessageAgainPayload" => |done| {
            /// The message, which waits to be sent; null if it is not sent again.
            message: Option<Message<'a>> = done.message();
        }
    }
}
