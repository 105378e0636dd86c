namespace Bayou.ClusterTests.WalkThrough;

/// <summary>What a client program says about its run.</summary>
/// <param name="Published">Messages that it published, numbered from 1.</param>
/// <param name="Acknowledged">How many of them were acknowledged.</param>
/// <param name="Failed">Those whose publish the library gave up.</param>
/// <param name="Lost">Whatever says that the session ended.</param>
/// <param name="Missing">Acknowledged messages that did not come back.</param>
/// <param name="Errors">Anything else that it wrote.</param>
internal sealed record DotsReport(int Published, int Acknowledged, int[] Failed, string[] Lost, int[] Missing, string Errors = "");
