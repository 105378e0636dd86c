namespace Bayou.Gateway.Routes;

/// <summary>Whether two servers can be of one cluster, by the names that each has for it.</summary>
internal enum ClusterMatch
{
    Same,

    /// <summary>The other server will take over this one's name.</summary>
    OtherAdopts,

    /// <summary>This server has taken over the other one's name, and cannot keep routes made under the old one.</summary>
    Adopted,

    /// <summary>Neither gives way.</summary>
    Conflict,
}
