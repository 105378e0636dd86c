namespace Bayou.Load.Reporting;

/// <summary>What the figures below it belong to.</summary>
public sealed record ReportHeader(string Label, string CommandLine, string Server, DateTimeOffset Started);
