/// A named operation on images, with a description that programs can read.
///
/// ```swift
/// guard let gaussian = ImageOperator.named("gaussian") else { return }
/// print(gaussian.schema.json(.pretty))
/// let smooth = try gaussian.run(on: image, ManifestObject([.init("sigma", 2)])).image
/// ```
///
/// Names and parameters are those of scikit-image and SciPy where they have such a function. An operator works along
/// rows and columns, plane by plane, whatever other axes there are; with `axes=ZYX` on volumes. Names of axes, the size
/// of a pixel and the names of channels are kept, or changed with the pixels.
public struct ImageOperator: Sendable {
    /// What an operator is about.
    public enum Family: String, Sendable, Hashable, CaseIterable {
        /// Smoothing, edges, kernels and ranks.
        case filtering
        /// Resampling, cutting and turning.
        case geometry
        /// From several planes to one.
        case projections
        /// Erosion, dilation and what is made of them.
        case morphology
        /// From images to masks.
        case thresholds
        /// From masks to labels.
        case segmentation
        /// From labels to tables.
        case measuring
        /// Brightness and contrast.
        case exposure
        /// Less noise, less background.
        case restoration
        /// Between colour spaces.
        case colour
        /// Numbers and other images pixel by pixel.
        case arithmetic
        /// How unlike two images are.
        case comparing
    }

    /// The name: words of small letters, digits and `_`.
    public let name: String
    /// What it does, in one sentence.
    public let summary: String
    /// What it is about.
    public let family: Family
    /// What it can be told, in the order in which values without a name are taken.
    public let parameters: [OperatorParameter]
    /// What it takes.
    public let takes: OperatorValueKind
    /// What it gives.
    public let gives: OperatorValueKind
    /// The function of SciPy or scikit-image that gives the same numbers, when there is one.
    public let counterpart: String?
    let body: @Sendable (OperatorCall) throws -> OperatorValue

    init(
        _ name: String, _ summary: String, _ family: Family, takes: OperatorValueKind = .image,
        gives: OperatorValueKind = .image, like counterpart: String? = nil, _ parameters: [OperatorParameter] = [],
        body: @escaping @Sendable (OperatorCall) throws -> OperatorValue
    ) {
        self.name = name
        self.summary = summary
        self.family = family
        self.takes = takes
        self.gives = gives
        self.counterpart = counterpart
        self.parameters = parameters
        self.body = body
    }

    /// The parameter called `name`, or nil.
    public func parameter(_ name: String) -> OperatorParameter? { parameters.first { $0.name == name } }

    /// The operator as JSON: `name`, `description` and `parameters`, a JSON schema (draft 2020-12) of an object.
    ///
    /// That is the form in which Hypha services, and the tools of language models, describe a function.
    public var schema: ManifestValue {
        var properties = ManifestObject()
        for parameter in parameters { properties[parameter.name] = parameter.schema }
        let required = parameters.filter(\.isRequired).map { ManifestValue($0.name) }
        let schema: ManifestValue = [
            "type": "object", "properties": ManifestValue(properties), "required": ManifestValue(required),
            "additionalProperties": false,
        ]
        return [
            "name": ManifestValue(name), "description": ManifestValue(summary), "parameters": schema,
        ]
    }

    /// ``schema`` with what an operator has besides: its family, what it takes and gives, and its counterpart.
    public var fullDescription: ManifestValue {
        var object = schema.object ?? ManifestObject()
        object["family"] = ManifestValue(family.rawValue)
        object["takes"] = ManifestValue(takes.rawValue)
        object["gives"] = ManifestValue(gives.rawValue)
        object["counterpart"] = counterpart.map { ManifestValue($0) }
        return ManifestValue(object)
    }

    /// All parameters with their values, those that are not given with their defaults.
    ///
    /// Throws ``OperatorError`` for parameters the operator does not have, values it does not take, and missing ones.
    public func resolved(_ arguments: ManifestObject) throws(OperatorError) -> ManifestObject {
        for key in arguments.keys where parameter(key) == nil {
            if parameters.isEmpty {
                throw OperatorError(.invalidArgument, "`\(name)` has no parameters, so no `\(key)`")
            }
            throw OperatorError.unknown("parameter of `\(name)`", key, among: parameters.map(\.name), .invalidArgument)
        }
        var values = ManifestObject()
        for parameter in parameters {
            if let value = arguments[parameter.name] {
                do throws(OperatorError) { values[parameter.name] = try parameter.checked(value) } catch {
                    throw OperatorError(error.code, "\(name): \(error.message)")
                }
            } else if let value = parameter.defaultValue {
                values[parameter.name] = value
            } else {
                throw OperatorError(.invalidArgument, "`\(name)` needs `\(parameter.name)`: \(parameter.summary)")
            }
        }
        return values
    }

    /// Does the operation on an image.
    ///
    /// - Parameters:
    ///   - image: the input.
    ///   - arguments: parameters by their names; those that are missing have their defaults.
    ///   - images: what `@name` in the arguments stands for, by the name without `@`.
    ///
    /// Throws ``OperatorError`` for arguments that do not fit, for images that the operator does not take, and when the
    /// operation cannot be done.
    public func run(
        on image: Image, _ arguments: ManifestObject = ManifestObject(), images: [String: Image] = [:]
    ) throws(OperatorError) -> OperatorValue {
        try run(on: .image(image), arguments, images: images)
    }

    /// The same for any value; no operator takes tables and numbers so far.
    public func run(
        on value: OperatorValue, _ arguments: ManifestObject = ManifestObject(), images: [String: Image] = [:]
    ) throws(OperatorError) -> OperatorValue {
        let values = try resolved(arguments)
        guard case .image(let image) = value else {
            throw OperatorError(
                .wrongInput, "\(name) takes an image, and got a \(value.table == nil ? "number" : "table")")
        }
        var call = OperatorCall(name: name, image: image, arguments: values, images: images)
        do {
            call.image = try call.converted(image, to: takes)
            return try body(call)
        } catch {
            throw OperatorError(error, in: name)
        }
    }
}

extension ImageOperator: CustomStringConvertible {
    /// The name with its parameters and their defaults: `gaussian(sigma=1, mode=nearest, …)`.
    public var description: String {
        guard !parameters.isEmpty else { return name }
        let list = parameters.map { parameter in
            guard let value = parameter.defaultValue else { return parameter.name }
            return "\(parameter.name)=\(value.isNull ? "…" : PipelineText.text(of: value))"
        }
        return "\(name)(\(list.joined(separator: ", ")))"
    }
}
