public import ArgumentParser
public import ErlangshenCompute
public import ErlangshenPipelines
public import ErlangshenTasks

// Choices of the library that stand on the command line under their raw values.

extension DataPolicy.Defect: ExpressibleByArgument {}
extension DataPolicy.Overlong: ExpressibleByArgument {}
extension TaskKind: ExpressibleByArgument {}
extension MaskOrder: ExpressibleByArgument {}
extension LengthNormalization: ExpressibleByArgument {}
extension ClassificationFunction: ExpressibleByArgument {}
extension AggregationStrategy: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
extension PrecisionChoice: ExpressibleByArgument {}
extension Pooling: ExpressibleByArgument {}
