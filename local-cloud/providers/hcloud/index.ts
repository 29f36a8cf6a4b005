import { serve } from "../serve";
import { hcloud } from "./provider";

void serve(hcloud);
