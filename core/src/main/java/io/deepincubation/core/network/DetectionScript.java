package io.deepincubation.core.network;

import java.util.Locale;

/**
 * The TorchScript of a {@link DetectionHeads}' calls: bins of regions, the two heads, the five
 * losses.
 *
 * <p>A region's bin is a weighted sum of places of the maps (RoIAlign, aligned), which are rows of
 * one table: {@code embedding_bag}, whose gradient has one order of summation on every device.
 */
final class DetectionScript {

  /** Words in capitals are replaced. */
  private static final String REGIONS =
      """
      # Along an axis: first and bin (R, 1), where bins begin and their length on the map, size (R, 1)
      # -> the two places of each point and what they count, (R, side, 2 points); samples: points in
      # a bin, 0 for as many as it has places
      def points(self, first: Tensor, bin: Tensor, size: Tensor, side: int,
                 samples: int) -> Tuple[Tensor, Tensor]:
        own = torch.clamp(torch.ceil(bin), 1)  # (R, 1)
        most = samples
        if torch.eq(samples, 0):
          most = int(torch.max(torch.cat([own, torch.ones([1, 1], device=own.device)])))
        else:
          own = torch.full_like(own, samples)
        steps = torch.arange(torch.mul(side, most), dtype=6, device=first.device)
        number = torch.remainder(steps, most)
        part = torch.div(torch.add(number, 0.5), own)
        bins = torch.add(torch.floor(torch.div(steps, most)), part)
        place = torch.add(first, torch.mul(bin, bins))
        inside = torch.logical_and(torch.ge(place, -1), torch.le(place, size))
        counted = torch.logical_and(inside, torch.lt(number, own))
        last = torch.sub(size, 1)
        kept = torch.minimum(torch.clamp(place, 0), last)
        low = torch.floor(kept)
        high = torch.minimum(torch.add(low, 1), last)
        share = torch.sub(kept, low)
        count = torch.div(torch.to(counted, 6), own)
        counts = torch.stack([torch.mul(torch.rsub(share, 1), count), torch.mul(share, count)], 2)
        both = torch.stack([low, high], 2)
        shape = [-1, side, torch.mul(2, most)]
        return (torch.reshape(both, shape), torch.reshape(counts, shape))

      # regions: (R, 8), first row of the image's map in the table, height and width of the map, then
      # top, left, and a bin's height and width on it -> (R, C, side, side)
      def bins(self, table: Tensor, regions: Tensor, places: int, side: int,
               samples: int) -> Tensor:
        image, offset, high, wide, top, left, bin_high, bin_wide = torch.split(regions, 1, 1)
        rows, by_row = self.points(top, bin_high, high, side, samples)
        columns, by_column = self.points(left, bin_wide, wide, side, samples)
        start = torch.add(torch.mul(torch.to(image, LONG), places), torch.to(offset, LONG))
        line = torch.mul(torch.to(rows, LONG), torch.unsqueeze(torch.to(wide, LONG), 2))
        line = torch.add(line, torch.unsqueeze(start, 2))
        line = torch.unsqueeze(torch.unsqueeze(line, 2), 4)
        column = torch.unsqueeze(torch.unsqueeze(torch.to(columns, LONG), 1), 3)
        index = torch.flatten(torch.add(line, column))
        row = torch.unsqueeze(torch.unsqueeze(by_row, 2), 4)
        count = torch.flatten(torch.mul(row, torch.unsqueeze(torch.unsqueeze(by_column, 1), 3)))
        each = torch.mul(torch.size(rows, 2), torch.size(columns, 2))
        bags = torch.arange(0, torch.numel(index), each, dtype=LONG, device=index.device)
        sums, a, b, c = torch.embedding_bag(table, index, bags, False, 0, False, count)
        C = torch.size(table, 1)
        return torch.permute(torch.reshape(sums, [-1, side, side, C]), [0, 3, 1, 2])
      """;

  private static final String LOSSES =
      """
      # (B, A), (B, A, 4), labels: 1 object, 0 none, -1 not sampled, (B, A)
      def proposal_losses(self, logits: Tensor, deltas: Tensor, labels: Tensor,
                          targets: Tensor) -> Tuple[Tensor, Tensor]:
        count = torch.mul(torch.size(labels, 0), ANCHORS)
        sampled = torch.to(torch.ge(labels, 0), 6)
        each = torch.binary_cross_entropy_with_logits(
          logits, torch.clamp(labels, 0), None, None, 0)
        object = torch.unsqueeze(torch.to(torch.eq(labels, 1), 6), 2)
        distance = torch.mul(torch.abs(torch.sub(deltas, targets)), object)
        return (torch.div(torch.sum(torch.mul(each, sampled)), count),
                torch.div(torch.sum(distance), count))

      # (R, K + 1), (R, 4 K), the number of the class, K of none, (R), (R, 4)
      def box_losses(self, logits: Tensor, deltas: Tensor, classes: Tensor,
                     targets: Tensor) -> Tuple[Tensor, Tensor]:
        none = torch.size(logits, 1) - 1
        own = torch.unsqueeze(torch.to(classes, LONG), 1)
        count = ops.prim.max(torch.size(logits, 0), 1)
        likely = torch.gather(torch.log_softmax(logits, 1), 1, own)
        place = torch.unsqueeze(torch.clamp(own, 0, none - 1), 2)
        of_class = torch.gather(
          torch.reshape(deltas, [-1, none, 4]), 1, torch.expand(place, [-1, 1, 4]))
        object = torch.to(torch.lt(own, none), 6)
        distance = torch.mul(torch.abs(torch.sub(torch.squeeze(of_class, 1), targets)), object)
        return (torch.neg(torch.div(torch.sum(likely), count)),
                torch.div(torch.sum(distance), count))

      # (M, K, side, side), the number of the class, (M) -> (M, side, side)
      def own_masks(self, logits: Tensor, classes: Tensor) -> Tensor:
        side = torch.size(logits, 2)
        place = torch.reshape(torch.to(classes, LONG), [-1, 1, 1, 1])
        index = torch.expand(place, [-1, 1, side, side])
        return torch.squeeze(torch.gather(logits, 1, index), 1)

      # targets: (M, side, side)
      def mask_loss(self, logits: Tensor, classes: Tensor, targets: Tensor) -> Tensor:
        own = self.own_masks(logits, classes)
        lost = torch.binary_cross_entropy_with_logits(own, targets, None, None, 2)
        return torch.div(lost, ops.prim.max(torch.numel(targets), 1))
      """;

  private static final String CALLS =
      """
      # Places of the first levels of an image; sizes: (0, h, w) of each level
      def places(self, sizes: List[Tensor], levels: int) -> int:
        count = 0
        for i in range(levels):
          count = count + torch.mul(torch.size(sizes[i], 1), torch.size(sizes[i], 2))
        return count

      # outputs: (B, values) -> (B places, C), image by image, level by level, row by row
      def table(self, outputs: Tensor, sizes: List[Tensor]) -> Tensor:
        end = torch.mul(self.places(sizes, MAPS), CHANNELS)
        return torch.reshape(torch.slice(outputs, 1, 0, end), [-1, CHANNELS])

      def proposals(self, outputs: Tensor, sizes: List[Tensor]) -> List[Tensor]:
        maps = torch.mul(self.places(sizes, MAPS), CHANNELS)
        anchors = torch.mul(self.places(sizes, LEVELS), AT_A_PLACE)
        logits = torch.slice(outputs, 1, maps, maps + anchors)
        deltas = torch.slice(outputs, 1, maps + anchors)
        return [logits, torch.reshape(deltas, [-1, anchors, 4])]

      def regions_of(self, outputs: Tensor, sizes: List[Tensor], regions: Tensor,
                     side: int) -> Tensor:
        places = self.places(sizes, MAPS)
        return self.bins(self.table(outputs, sizes), regions, places, side, SAMPLES)

      def boxes(self, outputs: Tensor, sizes: List[Tensor], regions: Tensor,
                p: List[Tensor]) -> List[Tensor]:
        q = torch.slice(p, len(p) - PARAMETERS)
        return self.box_head(self.regions_of(outputs, sizes, regions, BOX_SIDE), q)

      def all_masks(self, outputs: Tensor, sizes: List[Tensor], regions: Tensor,
                    p: List[Tensor]) -> Tensor:
        q = torch.slice(p, len(p) - PARAMETERS)
        return self.mask_head(self.regions_of(outputs, sizes, regions, MASK_BINS), q)

      def masks(self, outputs: Tensor, sizes: List[Tensor], regions: Tensor, classes: Tensor,
                p: List[Tensor]) -> Tensor:
        return self.own_masks(self.all_masks(outputs, sizes, regions, p), classes)

      def losses(self, outputs: Tensor, sizes: List[Tensor], labels: Tensor, deltas: Tensor,
                 regions: Tensor, classes: Tensor, moves: Tensor, foreground: Tensor,
                 kinds: Tensor, shapes: Tensor, p: List[Tensor]) -> List[Tensor]:
        found = self.proposals(outputs, sizes)
        objectness, proposal = self.proposal_losses(found[0], found[1], labels, deltas)
        heads = self.boxes(outputs, sizes, regions, p)
        kind, box = self.box_losses(heads[0], heads[1], classes, moves)
        masks = self.all_masks(outputs, sizes, foreground, p)
        each = torch.stack([objectness, proposal, kind, box, self.mask_loss(masks, kinds, shapes)])
        return [torch.sum(each), torch.detach(each)]
      """;

  /** TorchScript's number for 64-bit whole numbers. */
  private static final int LONG = 4;

  private DetectionScript() {}

  /** The program of a network's heads. */
  static String of(DetectionNetwork network, Arithmetic arithmetic) {
    DetectionHead head = network.head();
    DetectionWriter writer = network.heads(network.side(), network.side());
    int type =
        arithmetic == Arithmetic.BF16
            ? VisionTransformerScript.BFLOAT16
            : VisionTransformerScript.FLOAT32;
    String source =
        HeadWriter.methods(MapNorm.LAYER)
            + "\n"
            + method("box_head", "List[Tensor]", writer.boxes())
            + "\n"
            + method("mask_head", "Tensor", writer.masks())
            + "\n"
            + CALLS;
    return regionsAndLosses(head.sampling().anchors())
        + "\n"
        + source
            .replace("PARAMETERS", String.valueOf(writer.specs().size()))
            .replace("BOX_SIDE", String.valueOf(DetectionHead.BOX_SIDE))
            .replace("MASK_BINS", String.valueOf(DetectionHead.MASK_BINS))
            .replace("SAMPLES", String.valueOf(head.samples()))
            .replace("AT_A_PLACE", String.valueOf(DetectionHead.ANCHORS_AT_A_PLACE))
            .replace("LEVELS", String.valueOf(head.levels()))
            .replace("MAPS", String.valueOf(DetectionHead.REGION_LEVELS))
            .replace("CHANNELS", String.valueOf(head.channels()))
            .replace("TYPE", String.valueOf(type))
            .replace("FLOAT", String.valueOf(VisionTransformerScript.FLOAT32));
  }

  private static String method(String name, String type, DenseScript.Output output) {
    return String.format(
        Locale.ROOT,
        "def %s(self, r: Tensor, q: List[Tensor]) -> %s:%n%s  return %s%n",
        name,
        type,
        output.lines(),
        output.result());
  }

  /**
   * The methods that need no network.
   *
   * @param anchors of an image that are sampled
   */
  static String regionsAndLosses(int anchors) {
    return (REGIONS + "\n" + LOSSES)
        .replace("ANCHORS", String.valueOf(anchors))
        .replace("LONG", String.valueOf(LONG));
  }
}
