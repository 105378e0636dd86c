namespace Bayou.Gateway.Administration;

/// <summary>The body of an action.</summary>
internal interface IActionRequest
{
    /// <summary>Only say what would be done.</summary>
    bool DryRun { get; }
}
