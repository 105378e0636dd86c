using System.Net;
using System.Text.Json;

namespace Bayou.Silo.Administration;

/// <summary>What a server answered.</summary>
internal sealed record AdminAnswer(HttpStatusCode Status, string Text, JsonElement Content)
{
    public bool IsSuccess => (int)Status is >= 200 and < 300;

    public int ExitCode => IsSuccess ? AdminExitCode.Done
        : Status == HttpStatusCode.ServiceUnavailable ? AdminExitCode.Unavailable
        : AdminExitCode.Refused;
}
