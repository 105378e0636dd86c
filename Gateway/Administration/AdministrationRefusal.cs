namespace Bayou.Gateway.Administration;

/// <summary>Why a request may not change the cluster.</summary>
/// <param name="StatusCode">The HTTP status that says so.</param>
/// <param name="Reason">The sentence for whoever asked.</param>
internal sealed record AdministrationRefusal(int StatusCode, string Reason);
