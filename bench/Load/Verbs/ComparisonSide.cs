using Bayou.Load.Scenarios;

namespace Bayou.Load.Verbs;

/// <summary>One half of a comparison: what was typed and what it means.</summary>
public sealed record ComparisonSide(string CommandLine, IScenario Scenario);
