//! `nationalIdentifier`: a registration number and the country that gave it.

use serde::{Deserialize, Serialize};

/// 002 › Customer resource properties, `nationalIdentifier`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NationalIdentifier {
    /// Sweden: YYYYMMDD-NNNC; Norway: DDMMYYNNNNN; country specific elsewhere.
    pub reg_no: String,
    /// ISO 3166-1 alpha-2.
    pub country_code: String,
}

impl NationalIdentifier {
    /// Returns the one spelling that is stored and compared: the country in upper case (reading
    /// 69), and for Sweden the dash before the last four digits (reading 49). Everything else stays
    /// as sent.
    pub fn canonical(mut self) -> Self {
        self.country_code.make_ascii_uppercase();
        if self.country_code == "SE"
            && self.reg_no.len() > 4
            && self.reg_no.bytes().all(|byte| byte.is_ascii_digit())
        {
            self.reg_no.insert(self.reg_no.len() - 4, '-');
        }
        self
    }
}
