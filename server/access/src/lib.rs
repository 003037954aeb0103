//! Who can read which secret.
//!
//! From one program, in one case: the [identities](identity) of API Management services, the
//! [vaults](vault), what API Management [reads](reads) from them, what else
//! [uses](uses) an identity, [which one](client_id) is meant and
//! which [is carried](carried), and what [grants](grants) it access. What Azure says of these things is data in [`facts`], with its source.
//! [vaults](vault), what API Management [reads](reads) from them, which [secrets](secrets) it is
//! handed, what else
//! [uses](uses) an identity, and what [grants](grants) it access. What Azure says of these things is data in [`facts`], with its source.
//!
//! Invariants: as in `template`, what is not known is unknown; an answer that something is absent
//! is given only where everything in sight could be read.

pub mod calls;
pub mod carried;
pub mod client_id;
pub mod credentials;
pub mod facts;
pub mod grants;
pub mod identity;
pub mod network;
pub mod placeholders;
pub mod reading;
pub mod reads;
pub mod secrets;
pub mod subnet;
pub mod uses;
pub mod vault;
