use domain::id::SourceName;
use domain::metric::CostReading;

use crate::read::record;

record! {
    /// AWS Cost Explorer. Each request costs $0.01.
    CostExplorer tagged "kind" {
        /// Its name, unique among sources.
        name: required SourceName,
        /// A role to assume first.
        role_arn: optional String,
    }
}

record! {
    /// A question about the AWS bill, in US dollars. Series of one account share one request.
    Cost {
        /// The service as the bill names it, such as AWS Lambda. Default: all.
        service: optional String,
        /// The account, 12 digits. Default: all that the bill is for.
        account: optional String,
        /// day, month-to-date or month-forecast. Default day.
        reads: optional CostReading,
    }
}
