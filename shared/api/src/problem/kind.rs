use http::StatusCode;

/// A store that is throttled or restarts answers again within seconds.
const RETRY_STORE_SECONDS: u32 = 5;
/// Whoever kept changing the same rows is done within a second.
const RETRY_CONTENDED_SECONDS: u32 = 1;
/// A configuration is mended by a person.
const RETRY_CONFIGURATION_SECONDS: u32 = 60;

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident $status:ident $slug:literal $title:literal;)*) => {
        /// The kinds of problem, by what the caller does next.
        #[derive(Clone, Copy, PartialEq, Eq, Debug)]
        pub(crate) enum Kind { $($(#[$doc])* $name,)* }

        impl Kind {
            pub(crate) const fn status(self) -> StatusCode {
                match self { $(Self::$name => StatusCode::$status,)* }
            }

            /// The stable end of its type.
            pub(crate) const fn slug(self) -> &'static str {
                match self { $(Self::$name => $slug,)* }
            }

            pub(crate) const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)* }
            }
        }
    };
}

kinds! {
    /// The body is not JSON, or no object.
    MalformedBody BAD_REQUEST "malformed-body" "The body cannot be read";
    /// Parameters or fields are missing, unknown or wrong.
    InvalidRequest BAD_REQUEST "invalid-request" "The request has mistakes";
    /// A vendor's call is not signed by the vendor.
    Unsigned UNAUTHORIZED "unsigned" "The signature does not say who sends it";
    /// No route has this path.
    UnknownRoute NOT_FOUND "unknown-route" "There is no such route";
    /// The thing that the path or a parameter names does not exist.
    NotFound NOT_FOUND "not-found" "There is no such thing";
    /// The route does not take this method.
    MethodNotAllowed METHOD_NOT_ALLOWED "method-not-allowed" "The route does not take this method";
    /// None of the representations that the caller accepts exists.
    NotAcceptable NOT_ACCEPTABLE "not-acceptable" "There is no such representation";
    /// It is not in a state for what was asked.
    Refused CONFLICT "refused" "Its state does not allow it";
    /// The service has an open incident already.
    AlreadyOpen CONFLICT "already-open" "There is an open incident already";
    /// The body is longer than is read.
    TooLarge PAYLOAD_TOO_LARGE "too-large" "The body is too large";
    /// The body is not declared as JSON.
    UnsupportedMediaType UNSUPPORTED_MEDIA_TYPE "unsupported-media-type" "The body is not declared as JSON";
    /// The body names a service that the configuration does not have.
    UnknownService UNPROCESSABLE_ENTITY "unknown-service" "The configuration does not have this service";
    /// A service that the API stands on does not answer.
    Unavailable SERVICE_UNAVAILABLE "unavailable" "The store does not answer";
    /// Others kept changing the same thing.
    Contended SERVICE_UNAVAILABLE "contended" "Others kept changing it";
    /// The configuration cannot be read.
    NotConfigured SERVICE_UNAVAILABLE "not-configured" "The configuration cannot be read";
    /// It will not work until somebody changes the installation.
    Internal INTERNAL_SERVER_ERROR "internal" "The API cannot do it";
}

impl Kind {
    /// When to ask again, in seconds; `None`: asking again does not help.
    pub(crate) const fn retry_after_seconds(self) -> Option<u32> {
        match self {
            Self::Unavailable => Some(RETRY_STORE_SECONDS),
            Self::Contended => Some(RETRY_CONTENDED_SECONDS),
            Self::NotConfigured => Some(RETRY_CONFIGURATION_SECONDS),
            _ => None,
        }
    }
}
