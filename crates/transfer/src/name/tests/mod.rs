mod layout;
mod properties;
mod table;
mod unique;
