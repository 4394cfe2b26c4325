use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{IntoDeserializer, value::Error as NoSuchName},
};

/// A name out of a set that grows with the versions of the protocol: a newer side may send one that this version does
/// not know. Such a name is kept as text; it does not make the message invalid.
///
/// `T` is an enum without data whose names serde writes as strings.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Open<T> {
    /// A name of this version.
    Known(T),
    /// Any other, as it was sent.
    Other(String),
}

impl<T> Open<T> {
    /// The name, if this version knows it.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known(name) => Some(name),
            Self::Other(_) => None,
        }
    }
}

impl<T> From<T> for Open<T> {
    fn from(name: T) -> Self {
        Self::Known(name)
    }
}

impl<T: PartialEq> PartialEq<T> for Open<T> {
    fn eq(&self, name: &T) -> bool {
        self.known() == Some(name)
    }
}

impl<T: fmt::Display> fmt::Display for Open<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Known(name) => name.fmt(f),
            Self::Other(name) => f.write_str(name),
        }
    }
}

impl<T: Serialize> Serialize for Open<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Known(name) => name.serialize(serializer),
            Self::Other(name) => serializer.serialize_str(name),
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Open<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = String::deserialize(deserializer)?;
        let known: Result<T, NoSuchName> = T::deserialize(name.as_str().into_deserializer());
        Ok(known.map_or(Self::Other(name), Self::Known))
    }
}
