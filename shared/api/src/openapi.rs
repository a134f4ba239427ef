use axum::response::IntoResponse;
use http::header::CONTENT_TYPE;
use utoipa::openapi::path::{Operation, Parameter, ParameterIn};
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa::openapi::{Content, OpenApi, Ref, RefOr, ResponseBuilder, SecurityRequirement};
use utoipa::{Modify, OpenApi as _};

use crate::inbound::{pagerduty, slack};
use crate::problem::{Document, Problem};
use crate::request::Query;
use crate::route::on_call::overrides;
use crate::route::{
    acknowledge, alerts, budgets, calendar, calling, commands, deployments, drills, events, explain, gate, health,
    incident_page, incidents, kill_switch, kin, logs, metrics, on_call, post_mortems, push, reports, sent,
    service_health, services, silences, slos,
};

/// The document as it is kept; a test compares it with the handlers.
const KEPT: &str = include_str!("../openapi.json");
const PROBLEM: &str = "application/problem+json";

/// This document.
#[utoipa::path(get, path = "/v1/openapi.json", operation_id = "get_openapi", tag = "openapi", responses(
    (status = 200, description = "The OpenAPI document", body = Object),
))]
pub(crate) async fn get(query: Query) -> Result<impl IntoResponse, Problem> {
    query.none()?;
    Ok(([(CONTENT_TYPE, "application/json")], KEPT))
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Tocsin",
        description = "Alerts, incidents, actions, post-mortems, stored points and monitored events. Every call is signed with AWS \
            Signature Version 4 for the service `execute-api`, but for those of vendors, which carry the vendor's own signature. Every answer that is not a success is a problem \
            document (RFC 9457).",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    paths(
        health::overall, health::live, health::ready, get,
        services::list, services::get,
        alerts::list, alerts::raise_alert, explain::get, explain::post, sent::alerts, sent::webhook,
        incidents::list, incidents::open, incidents::get,
        calling::take_over, calling::snooze, calling::escalate, calling::mute, calling::unmute, calling::note,
        kin::merge, kin::split, kin::dismiss,
        on_call::list, on_call::feed, overrides::list, overrides::post, overrides::delete, calendar::get,
        incident_page::show, incident_page::post_mortem,
        acknowledge::look, acknowledge::take,
        silences::list, silences::post, silences::get, silences::patch, silences::delete,
        drills::list, drills::post, drills::get,
        commands::acknowledge, commands::resolve, commands::approve, commands::refuse,
        post_mortems::get, reports::operations, push::metrics, metrics::query, deployments::record,
        events::report, logs::list, logs::query, logs::stats, logs::reevaluate, logs::clean_up,
        kill_switch::get, kill_switch::set,
        slos::list, slos::make, slos::get, slos::put, slos::delete,
        budgets::list, budgets::get, gate::get, gate::put, service_health::list, service_health::get,
        slack::interaction, pagerduty::event,
    ),
    components(schemas(Document)),
    modifiers(&Common),
)]
struct Api;

/// The document, written from the handlers. Costly: for tests and tools, never at a function's start.
pub fn document() -> OpenApi {
    Api::openapi()
}

/// What all operations have in common: the signature, and the problems that can befall them.
struct Common;

impl Modify for Common {
    fn modify(&self, openapi: &mut OpenApi) {
        let signature = ApiKeyValue::with_description("Authorization", "AWS Signature Version 4");
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("sigv4", SecurityScheme::ApiKey(ApiKey::Header(signature)));
        openapi.security = Some(vec![SecurityRequirement::new("sigv4", [] as [&str; 0])]);
        for item in openapi.paths.paths.values_mut() {
            for operation in [&mut item.get, &mut item.post, &mut item.put, &mut item.delete].into_iter().flatten() {
                add_problems(operation);
            }
        }
    }
}

fn add_problems(operation: &mut Operation) {
    let has_path = operation.parameters.iter().flatten().any(is_in_path);
    let has_body = operation.request_body.is_some();
    let mut problems = vec![("400", "Parameters or fields are missing, unknown or wrong; `errors` names all of them")];
    problems.extend(has_path.then_some(("404", "What the path names does not exist")));
    problems.extend(has_body.then_some(("413", "The body has more than 1 MiB")));
    problems.extend(has_body.then_some(("415", "The body is not declared as application/json")));
    problems.push(("500", "It will not work until somebody changes the installation"));
    problems.push(("503", "It may work later; `retry-after` says when"));
    let responses = &mut operation.responses.responses;
    for (status, description) in problems {
        let response = ResponseBuilder::new().description(description).build();
        responses.entry(status.to_owned()).or_insert_with(|| response.into());
    }
    for (status, response) in responses.iter_mut() {
        if let RefOr::T(response) = response
            && (status.starts_with('4') || status.starts_with('5'))
            && response.content.is_empty()
        {
            let content = Content::new(Some(Ref::from_schema_name("Problem")));
            response.content.insert(PROBLEM.to_owned(), RefOr::T(content));
        }
    }
}

fn is_in_path(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if matches!(parameter.parameter_in, ParameterIn::Path))
}
