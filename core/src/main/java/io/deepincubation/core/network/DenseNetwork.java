package io.deepincubation.core.network;

import io.deepincubation.core.division.ModularDivision;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A network of a dense task: a vision transformer as backbone, and what is new for the task. */
public sealed interface DenseNetwork extends Architecture
    permits DetectionNetwork, SegmentationNetwork {

  /** Tensors of classification, and one that windows have no place for. */
  Pattern LEFT_OUT = Pattern.compile("(norm|fc_norm|head)\\..+|cls_token");

  /** The backbone. */
  DenseBackbone backbone();

  /** The parameters of what is new for the task, behind those of the last module. */
  List<ParameterSpec> headParameters();

  @Override
  default List<ParameterSpec> parameters(ModularDivision division, int moduleIndex) {
    List<ParameterSpec> own = backbone().parameters(division, moduleIndex);
    return moduleIndex < division.moduleCount() - 1
        ? own
        : Stream.concat(own.stream(), headParameters().stream()).toList();
  }

  @Override
  default int droppableLayers(ModularDivision division, int moduleIndex) {
    return division.depth(moduleIndex);
  }

  @Override
  default boolean beginsFresh(String tensor) {
    return !VisionTransformer.isEmbedding(tensor) && !tensor.startsWith("blocks.");
  }

  @Override
  default boolean leavesOut(String tensor) {
    return LEFT_OUT.matcher(tensor).matches();
  }

  @Override
  default Optional<Weights.Tensor> resized(ParameterSpec place, Weights.Tensor found) {
    return backbone().transformer().resized(place, found);
  }
}
