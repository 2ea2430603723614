//! The ledger's sums kept in SQLite, as a careful programmer would: one transaction, prepared statements, integer keys,
//! each record once, an upsert for each balance. In memory, without a journal: no disk is measured.
use rusqlite::Connection;

use crate::world::Done;

/// Balances in a database.
pub struct Sums(Connection);

/// A record's identity, as references give it, and what it changes.
pub type Said = ([u8; 16], Vec<Change>);

/// One change of a balance: facility, lot, place (0 the shelf, 1 held), units.
pub type Change = (i64, i64, i64, i64);

impl Sums {
    /// Empty, with its transaction begun.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn new() -> Done<Self> {
        let connection = Connection::open_in_memory()?;
        connection.execute_batch(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000;
             CREATE TABLE record (log INTEGER, place INTEGER, id BLOB, PRIMARY KEY (log, place, id)) WITHOUT ROWID;
             CREATE TABLE stock (facility INTEGER, lot INTEGER, place INTEGER, units INTEGER NOT NULL,
                                 PRIMARY KEY (facility, lot, place)) WITHOUT ROWID;
             BEGIN;",
        )?;
        Ok(Self(connection))
    }

    /// Adds records of a log, from this place on; a record that is there changes nothing.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn add<'c>(&mut self, log: i64, first: i64, records: impl Iterator<Item = &'c Said>) -> Done<()> {
        let mut record = self.0.prepare("INSERT OR IGNORE INTO record VALUES (?1, ?2, ?3)")?;
        let mut stock = self.0.prepare(
            "INSERT INTO stock VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT DO UPDATE SET units = units + excluded.units",
        )?;
        for (place, (id, changes)) in (first..).zip(records) {
            if record.execute((log, place, id))? == 1 {
                for change in changes {
                    stock.execute(*change)?;
                }
            }
        }
        Ok(())
    }

    /// Ends the transaction; gives the number of balances and the sum of all units.
    ///
    /// # Errors
    /// What SQLite says.
    pub fn end(&self) -> Done<(i64, i64)> {
        self.0.execute_batch("COMMIT")?;
        Ok(self.0.query_row("SELECT count(*), sum(units) FROM stock", (), |row| Ok((row.get(0)?, row.get(1)?)))?)
    }
}
