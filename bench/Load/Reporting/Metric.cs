namespace Bayou.Load.Reporting;

/// <summary>One measured figure.</summary>
/// <param name="Name">For people and as key in JSON.</param>
/// <param name="Value">In <paramref name="Unit"/>.</param>
/// <param name="Unit">Such as <c>msg/s</c> or <c>us</c>.</param>
public readonly record struct Metric(string Name, double Value, string Unit);
