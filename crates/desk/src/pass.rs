//! Who may come in: invitations, phones, staff.

use crate::{Desk, DeskError, Fault, Result};
use argon2::Argon2;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use jiff::{SignedDuration, Timestamp};
use lamella_store::{Pass, StaffRow};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// How long an invitation holds.
const INVITATION_HOURS: i64 = 14 * 24;
/// The kind of the trace that a taken invitation leaves.
const USED: &str = "used-invitation";
/// How long a phone stays signed in: the year and a half that a recovery is followed.
const DEVICE_HOURS: i64 = 550 * 24;
/// How long staff stay signed in.
const STAFF_HOURS: i64 = 12;

/// A secret as it stands in a link or a cookie; only its hash is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Secret(pub String);

/// An invitation to a patient's record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// The patient.
    pub patient: String,
    /// Until when it can be taken.
    pub until: Timestamp,
}

/// What a link to an invitation leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invited {
    /// It can be taken.
    Open(Invitation),
    /// It has been taken.
    Used,
    /// Its time is over.
    Expired,
    /// Nobody knows it, or a newer one has replaced it.
    Unknown,
}

/// A phone that is signed in to one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// The patient.
    pub patient: String,
    /// What forms carry to prove that they come from our pages.
    pub csrf: String,
    /// The hash it is kept under.
    pub hash: String,
}

/// Somebody of the clinic who is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staff {
    /// Login.
    pub login: String,
    /// Shown name.
    pub name: String,
    /// What forms carry.
    pub csrf: String,
    /// The hash it is kept under.
    pub hash: String,
}

#[derive(Serialize, Deserialize)]
struct Carried {
    csrf: String,
    #[serde(default)]
    name: String,
}

/// The hash a secret is kept under: SHA-256 as lower-case hex. Secrets have 256 random bits, so nothing slower is needed.
pub fn hash_secret(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// 256 random bits as URL-safe text.
fn random() -> Result<String> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = [0u8; 43];
    getrandom::fill(&mut bytes).map_err(|error| DeskError::Unreadable {
        what: "random source",
        of: "this machine".to_string(),
        why: error.to_string(),
    })?;
    Ok(bytes.iter().filter_map(|byte| LETTERS.get(usize::from(byte & 63))).map(|letter| char::from(*letter)).collect())
}

impl Desk {
    /// A new invitation for a patient; earlier ones end.
    pub fn invite(&self, patient: &str, now: Timestamp) -> Result<(Secret, Invitation)> {
        self.patient(patient)?;
        self.store.take_passes(&self.clinic, "invitation", patient)?;
        let secret = self.keep_pass("invitation", patient, "", INVITATION_HOURS, now)?;
        let until = later(now, INVITATION_HOURS);
        Ok((secret, Invitation { patient: patient.to_string(), until }))
    }

    /// Looks at an invitation without using it up: an e-mail preview does no more.
    pub fn invitation(&self, secret: &str, now: Timestamp) -> Result<Invited> {
        let pass = self.store.pass(&hash_secret(secret))?.filter(|pass| pass.clinic == self.clinic);
        Ok(match pass {
            Some(pass) if pass.kind == USED => Invited::Used,
            Some(pass) if pass.kind == "invitation" => {
                let until = Timestamp::from_millisecond(pass.until).unwrap_or(Timestamp::MIN);
                if until > now { Invited::Open(Invitation { patient: pass.who, until }) } else { Invited::Expired }
            }
            _ => Invited::Unknown,
        })
    }

    /// Takes an invitation: the phone is signed in. Of two at once exactly one gets in.
    pub fn accept(&self, secret: &str, now: Timestamp) -> Result<std::result::Result<Secret, Invited>> {
        let invitation = match self.invitation(secret, now)? {
            Invited::Open(invitation) => invitation,
            lost => return Ok(Err(lost)),
        };
        let hash = hash_secret(secret);
        if !self.store.take_pass(&hash)? {
            return Ok(Err(Invited::Used));
        }
        // A trace stays, so that a second tap on the same link is told what happened.
        let until = later(now, INVITATION_HOURS).as_millisecond();
        let trace = Pass {
            hash,
            kind: USED.to_string(),
            clinic: self.clinic.clone(),
            who: invitation.patient.clone(),
            until,
            body: "{}".to_string(),
        };
        self.store.put_pass(&trace)?;
        self.keep_pass("device", &invitation.patient, "", DEVICE_HOURS, now).map(Ok)
    }

    /// The phone behind a cookie.
    pub fn device(&self, secret: &str, now: Timestamp) -> Result<Option<Device>> {
        let pass = self.open_pass(secret, "device", now)?;
        Ok(pass.map(|(pass, carried)| Device { patient: pass.who, csrf: carried.csrf, hash: pass.hash }))
    }

    /// Since when phones are signed in to a record, oldest first.
    pub fn phones(&self, patient: &str, now: Timestamp) -> Result<Vec<Timestamp>> {
        let passes = self.store.passes(&self.clinic, "device", patient)?;
        let since = |pass: &Pass| Timestamp::from_millisecond(pass.until).ok()?.checked_sub(SignedDuration::from_hours(DEVICE_HOURS)).ok();
        Ok(passes.iter().filter(|pass| pass.until > now.as_millisecond()).filter_map(since).collect())
    }

    /// Signs all phones of a record out: one is lost, or not the patient's. How many there were.
    pub fn sign_phones_out(&self, patient: &str) -> Result<u64> {
        Ok(self.store.take_passes(&self.clinic, "device", patient)?)
    }

    /// Signs a phone or a member of staff out.
    pub fn sign_out(&self, hash: &str) -> Result<()> {
        self.store.take_pass(hash)?;
        Ok(())
    }

    /// Adds a member of staff, or gives them a new password.
    pub fn add_staff(&self, login: &str, name: &str, password: &str) -> Result<()> {
        let login = login.trim().to_lowercase();
        if login.is_empty() || login.len() > 80 {
            return Err(DeskError::Wrong(Fault::Login));
        }
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 120 {
            return Err(DeskError::Wrong(Fault::Name));
        }
        if password.chars().count() < 12 {
            return Err(DeskError::Wrong(Fault::Password));
        }
        let hash = Argon2::default().hash_password(password.as_bytes());
        let hash = hash.map_err(|error| DeskError::Unreadable { what: "password", of: login.clone(), why: error.to_string() })?;
        let row = StaffRow { login, name: name.to_string(), password: hash.to_string(), body: "{}".to_string() };
        Ok(self.store.put_staff(&self.clinic, &row)?)
    }

    /// Whether anybody can sign in at all.
    pub fn has_staff(&self) -> Result<bool> {
        Ok(!self.store.all_staff(&self.clinic)?.is_empty())
    }

    /// Signs staff in with a password; `None` when login or password are wrong, never which.
    pub fn sign_in(&self, login: &str, password: &str, now: Timestamp) -> Result<Option<Secret>> {
        let login = login.trim().to_lowercase();
        let staff = self.store.staff(&self.clinic, &login)?;
        // An unknown login costs the same time as a wrong password.
        const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let kept = staff.as_ref().map_or(NOBODY, |staff| staff.password.as_str());
        let right = argon2::PasswordHash::new(kept).is_ok_and(|kept| Argon2::default().verify_password(password.as_bytes(), &kept).is_ok());
        match staff.filter(|_| right) {
            Some(staff) => self.keep_pass("staff", &staff.login, &staff.name, STAFF_HOURS, now).map(Some),
            None => Ok(None),
        }
    }

    /// The member of staff behind a cookie.
    pub fn staff(&self, secret: &str, now: Timestamp) -> Result<Option<Staff>> {
        let pass = self.open_pass(secret, "staff", now)?;
        Ok(pass.map(|(pass, carried)| Staff { login: pass.who, name: carried.name, csrf: carried.csrf, hash: pass.hash }))
    }

    fn keep_pass(&self, kind: &str, who: &str, name: &str, hours: i64, now: Timestamp) -> Result<Secret> {
        let secret = random()?;
        let body = serde_json::json!({ "csrf": random()?, "name": name }).to_string();
        let until = later(now, hours).as_millisecond();
        let pass =
            Pass { hash: hash_secret(&secret), kind: kind.to_string(), clinic: self.clinic.clone(), who: who.to_string(), until, body };
        self.store.put_pass(&pass)?;
        Ok(Secret(secret))
    }

    fn open_pass(&self, secret: &str, kind: &str, now: Timestamp) -> Result<Option<(Pass, Carried)>> {
        let pass = self.store.pass(&hash_secret(secret))?;
        let pass = pass.filter(|pass| pass.kind == kind && pass.clinic == self.clinic && pass.until > now.as_millisecond());
        Ok(pass.and_then(|pass| Some((pass.clone(), serde_json::from_str(&pass.body).ok()?))))
    }
}

fn later(now: Timestamp, hours: i64) -> Timestamp {
    now.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(Timestamp::MAX)
}
