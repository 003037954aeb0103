//! Who can read which secret: identities, vaults, grants and reads of a template.
